"""The folders of a home: where they are, and a configuration that was put straight into it."""

from pathlib import Path

from avdesk.config.paths import find_paths
from avdesk.services.autostart import start_command


def test_a_home_holds_everything(tmp_path: Path) -> None:
    paths = find_paths(tmp_path, {})
    assert paths.config_file == tmp_path / "config" / "config.toml"
    assert {paths.state.parent, paths.cache.parent, paths.logs.parent} == {tmp_path}


def test_a_configuration_straight_in_the_home_is_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('default_environment = "lab"\n', "utf-8")
    assert find_paths(tmp_path, {}).config_file == tmp_path / "config.toml"
    assert find_paths(None, {"AVDESK_HOME": str(tmp_path)}).config_file == tmp_path / "config.toml"


def test_the_configuration_in_its_own_folder_goes_before_one_straight_in_the_home(tmp_path: Path) -> None:
    for path in (tmp_path / "config.toml", tmp_path / "config" / "config.toml"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("", "utf-8")
    assert find_paths(tmp_path, {}).config_file == tmp_path / "config" / "config.toml"


def test_what_starts_at_login_names_the_home_wherever_its_configuration_is(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("", "utf-8")
    command = start_command(find_paths(tmp_path, {}), {})
    assert command[command.index("--home") + 1] == str(tmp_path)
