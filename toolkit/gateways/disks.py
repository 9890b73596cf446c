"""What kind of disk a path lies on: a database on a network or cloud drive loses its locks, and with them its rows."""

from __future__ import annotations

import re
from pathlib import Path, PureWindowsPath
from typing import Literal

DiskKind = Literal["local", "network", "cloud"]
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "davfs", "fuse.sshfs", "fuse.rclone", "fuse.davfs2"}
)
_CLOUD = re.compile(
    r"onedrive|dropbox|google ?drive|my drive|icloud|com~apple~clouddocs|nextcloud|owncloud|seafile|nutstore|坚果云|百度网盘|"
    r"baidunetdisk|wpsdrive|wps云盘|weiyun|微云",
    re.IGNORECASE,
)
_MOUNTS = Path("/proc/mounts")


def disk_kind(path: Path) -> DiskKind:
    """`cloud` where a folder bears the name of a sync client, `network` for a share; what cannot be told is local."""
    if any(_CLOUD.match(part) for part in path.parts):
        return "cloud"
    is_share = isinstance(path, PureWindowsPath) and path.drive.startswith("\\\\")
    return "network" if is_share or _filesystem(path) in _NETWORK else "local"


def _filesystem(path: Path) -> str:
    """The type of the innermost mount that holds a path; empty where the system does not list its mounts."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    found, depth = "", -1
    for line in lines:
        where, kind = [*line.split(" "), "", ""][1:3]
        mount = Path(where.replace("\\040", " "))
        if path.is_relative_to(mount) and len(mount.parts) > depth:
            found, depth = kind, len(mount.parts)
    return found
