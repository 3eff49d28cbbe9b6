"""A certificate authority of its own for each work folder, and a certificate for this machine signed by it."""

import subprocess
from pathlib import Path

from .errors import ServerError

_DAYS = "30"
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
_SERVER = """\
subjectAltName = DNS:localhost, IP:127.0.0.1
extendedKeyUsage = serverAuth
"""


class Certificates:
    """Files in one folder; made anew by `make`, so that they never expire in use."""

    def __init__(self, folder: Path):
        self._folder = folder
        self.authority = folder / "authority.pem"
        self.certificate = folder / "server.pem"
        self.key = folder / "server.key"

    def make(self) -> None:
        self._folder.mkdir(exist_ok=True)
        extensions, request, authority_key = (self._folder / name for name in ("server.ext", "server.csr",
                                                "authority.key"))
        extensions.write_text(_SERVER)
        self._openssl("req", "-x509", *_NEW_KEY, "-days", _DAYS, "-subj", "/CN=private authority of a test",
                      "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign",
                      "-keyout", authority_key, "-out", self.authority)
        self._openssl("req", *_NEW_KEY, "-subj", "/CN=localhost", "-keyout", self.key, "-out", request)
        self._openssl("x509", "-req", "-in", request, "-CA", self.authority, "-CAkey", authority_key,
                      "-CAcreateserial", "-days", _DAYS, "-extfile", extensions, "-out", self.certificate)

    @staticmethod
    def _openssl(*arguments: str | Path) -> None:
        result = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
        if result.returncode:
            raise ServerError(f"openssl {arguments[0]} failed: {result.stderr.strip()}")
