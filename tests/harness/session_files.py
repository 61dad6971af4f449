"""The configuration files of a desktop session: bus, panel and notification daemon."""

from pathlib import Path

SERVICES = Path("/usr/share/dbus-1/services")
ACTIVATED = ("org.a11y.Bus", "org.xfce.Xfconf", "org.gnome.keyring.SystemPrompter", "ca.desrt.dconf")
"""What the bus may start by itself. Never a notification daemon: a session without one has to stay without."""

_BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="service_start_timeout">20000</limit>
</busconfig>
"""

_PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="{dark}"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="icon-size" type="uint" value="{icon_size}"/>
      <property name="size" type="uint" value="{size}"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
        <value type="int" value="3"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist"/>
    <property name="plugin-2" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-3" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
      <property name="icon-size" type="int" value="{icon_size}"/>
    </property>
  </property>
</channel>
"""

_DUNST = """[global]
    monitor = 0
    follow = none
    width = 340
    origin = top-right
    offset = 12x40
    font = DejaVu Sans 10
    markup = full
    history_length = 100
    sticky_history = yes
    idle_threshold = 0
    show_age_threshold = -1
    dmenu = {chooser}
[urgency_low]
    timeout = 120
[urgency_normal]
    timeout = 120
[urgency_critical]
    timeout = 0
"""

_CHOOSER = """#!/bin/sh
# Stands for the user before dunst's menu of actions: picks the one named in the file.
exec grep -F -m 1 -e "$(cat '{choice}')"
"""


def write_bus_files(folder: Path, socket: Path) -> Path:
    """Write what dbus-daemon needs into `folder`; return the path of its configuration."""
    services = folder / "services"
    services.mkdir()
    for name in ACTIVATED:
        source = SERVICES / f"{name}.service"
        if source.exists():
            text = source.read_text("utf-8")
            # The daemon is nobody's systemd: it starts programs itself.
            kept = [line for line in text.splitlines() if not line.startswith("SystemdService=")]
            (services / source.name).write_text("\n".join(kept) + "\n", "utf-8")
    config = folder / "bus.conf"
    config.write_text(_BUS_CONFIG.format(socket=socket, services=services), "utf-8")
    return config


def write_panel_files(config_home: Path, *, dark: bool, icon_size: int) -> None:
    """Configure one panel with a list of windows and a tray, at the top."""
    folder = config_home / "xfce4" / "xfconf" / "xfce-perchannel-xml"
    folder.mkdir(parents=True)
    text = _PANEL.format(dark=str(dark).lower(), icon_size=icon_size, size=icon_size + 10)
    (folder / "xfce4-panel.xml").write_text(text, "utf-8")


def write_dunst_files(folder: Path, choice: Path) -> Path:
    """Configure dunst so that the action named in the file `choice` is picked; return the configuration's path."""
    chooser = folder / "choose-action"
    chooser.write_text(_CHOOSER.format(choice=choice), "utf-8")
    chooser.chmod(0o700)
    config = folder / "dunstrc"
    config.write_text(_DUNST.format(chooser=chooser), "utf-8")
    return config
