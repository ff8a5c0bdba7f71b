"""platformdirs: folders of Unix, by class and by function, with variables of the environment."""

import os

os.environ.update(HOME="/home/me", XDG_CONFIG_HOME="/cfg", XDG_RUNTIME_DIR="/run/me")
from platformdirs import PlatformDirs, user_cache_dir, user_data_path, user_documents_dir  # noqa: E402
from platformdirs.unix import Unix  # noqa: E402

dirs = PlatformDirs("tool", "me", version="2", multipath=True)
print(type(dirs) is Unix, dirs.user_config_dir, dirs.user_data_dir, dirs.user_runtime_dir, dirs.site_config_dir)
print(user_cache_dir("tool"), user_data_path("tool").name, user_documents_dir(), dirs.user_log_path, dirs.user_state_dir)
