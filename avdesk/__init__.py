"""AVDesk: a desktop monitor for the AutoVideo pipeline.

The layers, from the bottom up; imports only ever go down this list:

``i18n``      the words' translations; standard library only
``core``      the domain: reading answers, runs, jobs, snapshots, events, estimates; no input or output
``config``    the options, the configuration file, the folders
``clients``   talk to AutoVideo, Vertex AI and gcloud; return core types, raise core errors
``store``     what stays on this machine: database, request ledger, credentials, log
``emulator``  the embedded AutoVideo and Google APIs, on loopback
``services``  use cases: the monitor, the health sweep, the doctor; clock and clients are handed in
``bridge``    the only threads and Qt objects without widgets: poller, single instance, notifications
``ui``        widgets, which show core types and know no client
``cli``       the command line, a front end without Qt
``app``       the desktop front end, which wires everything together
"""

__version__ = "0.1.0"
