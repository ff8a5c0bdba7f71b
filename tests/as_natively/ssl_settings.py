"""The settings of TLS contexts, which need no TLS."""
import ssl


def attempt(title, function, *arguments, **options):
    try:
        result = repr(function(*arguments, **options))
    except Exception as error:
        result = f"{type(error).__mro__}: {getattr(error, 'strerror', None) or error}"
    print(f"{title}: {result}")


def show(context):
    print(context.protocol, context.options, context.verify_mode, context.verify_flags, context.check_hostname)
    print(context.minimum_version, context.maximum_version, context.hostname_checks_common_name, context.post_handshake_auth,
          context.num_tickets, context.security_level, context.keylog_filename, context.sni_callback)


context = ssl.create_default_context()
show(context)
show(ssl.create_default_context(ssl.Purpose.CLIENT_AUTH))
show(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
show(ssl._create_unverified_context())
context.minimum_version = ssl.TLSVersion.TLSv1_3
context.options |= ssl.OP_NO_TICKET
context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
context.set_alpn_protocols(["h2", "http/1.1"])
context.set_ciphers("HIGH")
context.load_default_certs()
context.hostname_checks_common_name = False
context.post_handshake_auth = True
show(context)
attempt("verifying nothing", setattr, context, "verify_mode", ssl.CERT_NONE)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
show(context)
context.check_hostname = True
print(context.verify_mode)
attempt("no such mode", setattr, context, "verify_mode", 7)
attempt("no such protocol", ssl.SSLContext, 99)
attempt("no certificates", context.load_verify_locations)
attempt("no file", context.load_verify_locations, "/none")
attempt("no folder", context.load_verify_locations, capath="/none")
attempt("no attribute", setattr, context, "no_such_name", 1)
print(context.session_stats()["hits"], ssl.Purpose.SERVER_AUTH, ssl.RAND_status(), len(ssl.RAND_bytes(5)))

print("-- buffers")
buffer = ssl.MemoryBIO()
print(buffer.write(b"some"), buffer.write(bytearray(b" text")), buffer.pending, buffer.eof)
print(buffer.read(4), buffer.read(), buffer.read(), buffer.eof, buffer.write_eof(), buffer.eof)
attempt("at an end", buffer.write, b"x")

print("-- errors")
for error in ssl.SSLError(1, "text"), ssl.SSLCertVerificationError("text"), ssl.SSLWantReadError(2, "more"):
    print(repr(error), str(error), error.errno)
print(ssl.CertificateError is ssl.SSLCertVerificationError, ssl.socket_error is OSError)
