import stat

import pytest

from tandem_training.errors import InputError
from tandem_training.out_folder import new_folder


def test_the_folder_appears_when_it_is_complete(tmp_path):
    with new_folder(tmp_path / "a/out") as folder:
        (folder / "file").touch(0o600)
        assert not (tmp_path / "a/out").exists()
    assert stat.S_IMODE((tmp_path / "a/out/file").stat().st_mode) & 0o044
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["out"]


def test_nothing_remains_of_a_failure_and_of_a_run_that_was_killed(tmp_path):
    (tmp_path / ".out.partial").mkdir()
    (tmp_path / ".out.partial/old").touch()
    with pytest.raises(ZeroDivisionError), new_folder(tmp_path / "out") as folder:
        assert list(folder.iterdir()) == []
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="exists already: give another --out, or remove it"), new_folder(tmp_path):
        pass
