"""The names and settings of TLS, for an interpreter without OpenSSL. Programs make contexts when they are imported, so a context
keeps what it is told; a certificate of one's own and a connection fail."""
import os as _os

OPENSSL_VERSION = "OpenSSL 3.0 in names only"
OPENSSL_VERSION_INFO = _OPENSSL_API_VERSION = 3, 0, 0, 0, 0
OPENSSL_VERSION_NUMBER = 0x30000000
_DEFAULT_CIPHERS = "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM"

HAS_SSLv2 = HAS_SSLv3 = HAS_NPN = False
HAS_TLSv1 = HAS_TLSv1_1 = HAS_TLSv1_2 = HAS_TLSv1_3 = HAS_SNI = HAS_ECDH = HAS_ALPN = HAS_PSK = HAS_TLS_UNIQUE = True

PROTOCOL_TLS = PROTOCOL_SSLv23 = 2
PROTOCOL_TLSv1, PROTOCOL_TLSv1_1, PROTOCOL_TLSv1_2, PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER = 3, 4, 5, 16, 17
PROTO_MINIMUM_SUPPORTED, PROTO_MAXIMUM_SUPPORTED = -2, -1
PROTO_SSLv3, PROTO_TLSv1, PROTO_TLSv1_1, PROTO_TLSv1_2, PROTO_TLSv1_3 = range(768, 773)

CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED = range(3)
ENCODING_PEM, ENCODING_DER = 1, 2

VERIFY_DEFAULT, VERIFY_CRL_CHECK_LEAF, VERIFY_CRL_CHECK_CHAIN, VERIFY_X509_STRICT = 0, 4, 12, 32
VERIFY_ALLOW_PROXY_CERTS, VERIFY_X509_TRUSTED_FIRST, VERIFY_X509_PARTIAL_CHAIN = 64, 1 << 15, 1 << 19

HOSTFLAG_ALWAYS_CHECK_SUBJECT, HOSTFLAG_NO_WILDCARDS, HOSTFLAG_NO_PARTIAL_WILDCARDS = 1, 2, 4
HOSTFLAG_MULTI_LABEL_WILDCARDS, HOSTFLAG_SINGLE_LABEL_SUBDOMAINS, HOSTFLAG_NEVER_CHECK_SUBJECT = 8, 16, 32

OP_ALL = 0x80000050
OP_NO_SSLv2 = OP_SINGLE_DH_USE = OP_SINGLE_ECDH_USE = 0
OP_LEGACY_SERVER_CONNECT, OP_ENABLE_KTLS, OP_IGNORE_UNEXPECTED_EOF, OP_NO_TICKET = 4, 8, 128, 1 << 14
OP_NO_COMPRESSION, OP_ENABLE_MIDDLEBOX_COMPAT, OP_CIPHER_SERVER_PREFERENCE = 1 << 17, 1 << 20, 1 << 22
OP_NO_SSLv3, OP_NO_TLSv1, OP_NO_TLSv1_2, OP_NO_TLSv1_1, OP_NO_TLSv1_3, OP_NO_RENEGOTIATION = map((1).__lshift__, range(25, 31))

(SSL_ERROR_SSL, SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE, SSL_ERROR_WANT_X509_LOOKUP, SSL_ERROR_SYSCALL, SSL_ERROR_ZERO_RETURN,
 SSL_ERROR_WANT_CONNECT, SSL_ERROR_EOF) = range(1, 9)
SSL_ERROR_INVALID_ERROR_CODE = 10

for _pair in """CLOSE_NOTIFY:0 UNEXPECTED_MESSAGE:10 BAD_RECORD_MAC:20 RECORD_OVERFLOW:22 DECOMPRESSION_FAILURE:30
        HANDSHAKE_FAILURE:40 BAD_CERTIFICATE:42 UNSUPPORTED_CERTIFICATE:43 CERTIFICATE_REVOKED:44 CERTIFICATE_EXPIRED:45
        CERTIFICATE_UNKNOWN:46 ILLEGAL_PARAMETER:47 UNKNOWN_CA:48 ACCESS_DENIED:49 DECODE_ERROR:50 DECRYPT_ERROR:51
        PROTOCOL_VERSION:70 INSUFFICIENT_SECURITY:71 INTERNAL_ERROR:80 USER_CANCELLED:90 NO_RENEGOTIATION:100
        UNSUPPORTED_EXTENSION:110 CERTIFICATE_UNOBTAINABLE:111 UNRECOGNIZED_NAME:112 BAD_CERTIFICATE_STATUS_RESPONSE:113
        BAD_CERTIFICATE_HASH_VALUE:114 UNKNOWN_PSK_IDENTITY:115""".split():
    _name, _number = _pair.split(":")
    globals()["ALERT_DESCRIPTION_" + _name] = int(_number)


class SSLError(OSError):
    """An error occurred in the SSL implementation."""

    __module__ = "ssl"
    library = reason = None

    def __str__(self):
        return self.strerror if isinstance(self.strerror, str) else str(self.args)


class SSLCertVerificationError(SSLError, ValueError):
    """A certificate could not be verified."""

    __module__ = "ssl"


class SSLZeroReturnError(SSLError):
    """SSL/TLS session closed cleanly."""

    __module__ = "ssl"


class SSLWantReadError(SSLError):
    """Non-blocking SSL socket needs to read more data before the requested operation can be completed."""

    __module__ = "ssl"


class SSLWantWriteError(SSLError):
    """Non-blocking SSL socket needs to write more data before the requested operation can be completed."""

    __module__ = "ssl"


class SSLSyscallError(SSLError):
    """System error when attempting SSL operation."""

    __module__ = "ssl"


class SSLEOFError(SSLError):
    """SSL/TLS connection terminated abruptly."""

    __module__ = "ssl"


def _no_tls(*arguments, **options):
    raise SSLError(SSL_ERROR_SSL, "TLS is not in this executable; build it with openssl = true in [tool.pyapp]")


class Certificate:
    __init__ = public_bytes = get_info = _no_tls


class SSLSession:
    __init__ = _no_tls
    has_ticket = id = ticket_lifetime_hint = time = timeout = property(_no_tls)


class _SSLSocket:
    __init__ = _no_tls


class MemoryBIO:
    def __init__(self):
        self._data, self._ended = bytearray(), False

    def read(self, size=-1, /):
        size = len(self._data) if size < 0 else size
        data = bytes(self._data[:size])
        del self._data[:size]
        return data

    def write(self, data, /):
        if self._ended:
            raise SSLError("cannot write() after write_eof()")
        before = len(self._data)
        self._data += memoryview(data)
        return len(self._data) - before

    def write_eof(self):
        self._ended = True

    @property
    def pending(self):
        return len(self._data)

    @property
    def eof(self):
        return self._ended and not self._data


class _Settings:
    # Each is a descriptor of its own, on which ssl.SSLContext builds.
    __slots__ = (
        "options", "verify_flags", "minimum_version", "maximum_version", "post_handshake_auth", "sni_callback", "num_tickets",
        "keylog_filename", "security_level", "protocol", "_host_flags", "_msg_callback", "_verify_mode", "_check_hostname",
    )


class _SSLContext(_Settings):
    def __new__(cls, protocol, /):
        if protocol not in (PROTOCOL_TLS, 3, 4, 5, PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER):
            raise ValueError(f"invalid or unsupported protocol version {protocol}")
        self = super().__new__(cls)
        is_client = protocol == PROTOCOL_TLS_CLIENT

        def set_up(name, value):
            getattr(_Settings, name).__set__(self, value)

        set_up("protocol", protocol)
        set_up("options", OP_ALL | OP_NO_SSLv3 | OP_CIPHER_SERVER_PREFERENCE | OP_NO_COMPRESSION | OP_ENABLE_MIDDLEBOX_COMPAT)
        set_up("verify_flags", VERIFY_X509_TRUSTED_FIRST)
        set_up("minimum_version", PROTO_MINIMUM_SUPPORTED if protocol in (3, 4, 5) else PROTO_TLSv1_2)
        set_up("maximum_version", PROTO_MAXIMUM_SUPPORTED)
        set_up("post_handshake_auth", False)
        set_up("num_tickets", 2)
        set_up("security_level", 2)
        set_up("_host_flags", HOSTFLAG_NO_PARTIAL_WILDCARDS)
        for name in "sni_callback", "keylog_filename", "_msg_callback":
            set_up(name, None)
        set_up("_verify_mode", CERT_REQUIRED if is_client else CERT_NONE)
        set_up("_check_hostname", is_client)
        return self

    @property
    def verify_mode(self):
        return self._verify_mode

    @verify_mode.setter
    def verify_mode(self, mode):
        if mode not in (CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED):
            raise ValueError("invalid value for verify_mode")
        if mode == CERT_NONE and self._check_hostname:
            raise ValueError("Cannot set verify_mode to CERT_NONE when check_hostname is enabled.")
        self._verify_mode = int(mode)

    @property
    def check_hostname(self):
        return self._check_hostname

    @check_hostname.setter
    def check_hostname(self, check):
        self._check_hostname = bool(check)
        if check and self._verify_mode == CERT_NONE:
            self._verify_mode = CERT_REQUIRED

    def load_verify_locations(self, cafile=None, capath=None, cadata=None):
        if cafile is None and capath is None and cadata is None:
            raise TypeError("cafile, capath and cadata cannot be all omitted")
        if cafile is not None:
            _os.stat(cafile)

    def set_default_verify_paths(self):
        pass

    def set_ciphers(self, ciphers, /):
        pass

    def set_ecdh_curve(self, name, /):
        pass

    def _set_alpn_protocols(self, protocols, /):
        pass

    def set_psk_client_callback(self, callback):
        pass

    def set_psk_server_callback(self, callback, identity_hint=None):
        pass

    def get_ciphers(self):
        return []

    def get_ca_certs(self, binary_form=False):
        return []

    def cert_store_stats(self):
        return {"x509": 0, "crl": 0, "x509_ca": 0}

    def session_stats(self):
        return dict.fromkeys(
            """number connect connect_good connect_renegotiate accept accept_good accept_renegotiate hits misses timeouts
            cache_full""".split(), 0,
        )

    load_cert_chain = load_dh_params = _wrap_socket = _wrap_bio = _no_tls


_OBJECTS = (
    (129, "serverAuth", "TLS Web Server Authentication", "1.3.6.1.5.5.7.3.1"),
    (130, "clientAuth", "TLS Web Client Authentication", "1.3.6.1.5.5.7.3.2"),
)


def txt2obj(txt, name=False):
    for found in _OBJECTS:
        if txt == found[3] or (name and txt in found[1:3]):
            return found
    raise ValueError(f"unknown object {txt!r:.100}")


def nid2obj(nid, /):
    for found in _OBJECTS:
        if nid == found[0]:
            return found
    raise ValueError(f"unknown NID {nid}")


def get_default_verify_paths():
    return "SSL_CERT_FILE", "/usr/lib/ssl/cert.pem", "SSL_CERT_DIR", "/usr/lib/ssl/certs"


def RAND_status():
    return True


def RAND_add(string, entropy, /):
    pass


def RAND_bytes(n, /):
    if n < 0:
        raise ValueError("num must be positive")
    return _os.urandom(n)


def _test_decode_cert(path, /):
    _no_tls()
