"""smtplib against a sink for mail: STARTTLS and TLS from the start, logins, attachments, and what is refused."""

import os
import smtplib
import ssl
from email.message import EmailMessage


def letter(**headers):
    message = EmailMessage()
    for name, value in {"From": "ada@localhost", "To": "charles@localhost", "Subject": "Notes", **headers}.items():
        message[name] = value
    message.set_content("Dear Charles,\n.a line that begins with a dot\n..and two\nGrüße\n")
    return message


def refused(what, call):
    try:
        print(f"{what}: {call()}")
    except (OSError, smtplib.SMTPException) as error:
        code = getattr(error, "smtp_code", getattr(error, "recipients", ""))
        print(f"{what}: {type(error).__name__} {code} {getattr(error, 'verify_message', '')}".rstrip())


def plain(context):
    with smtplib.SMTP("localhost", int(os.environ["SMTP"]), timeout=20) as smtp:
        print(smtp.ehlo()[0], sorted(smtp.esmtp_features))
        refused("a login without TLS", lambda: smtp.login("ada", "the engine"))
        print(smtp.starttls(context=context)[0], smtp.sock.version(), smtp.sock.server_hostname)
        print(smtp.ehlo()[0], sorted(smtp.esmtp_features))
        refused("a wrong password", lambda: smtp.login("ada", "wrong"))
        print(smtp.login("ada", "the engine"))
        print(smtp.send_message(letter()), smtp.help().decode())
        with_file = letter(Cc="both@localhost, nobody@localhost")
        data = bytes(range(256)) * 1000
        with_file.add_attachment(data, maintype="application", subtype="octet-stream", filename="data.bin")
        with_file.set_boundary("here")
        print(smtp.send_message(with_file), smtp.help().decode())
        refused("nobody takes it", lambda: smtp.send_message(letter(), to_addrs=["nobody@localhost"]))
        print(smtp.noop(), smtp.verify("x")[0], smtp.docmd("STARTTLS"))
        said = smtp.sendmail("ada@localhost", ["größe@localhost"], "Subject: x\n\ny\n", mail_options=["SMTPUTF8"])
        print(said, smtp.help().decode())


def secure(context):
    with smtplib.SMTP_SSL("localhost", int(os.environ["SMTPS"]), timeout=20, context=context) as smtp:
        smtp.user, smtp.password = "ada", "the engine"
        print(smtp.ehlo()[0], smtp.auth("LOGIN", smtp.auth_login), smtp.sock.version())
        for _ in range(20):
            smtp.send_message(letter())
        print(smtp.help().decode())


def main():
    context = ssl.create_default_context()
    plain(context)
    secure(context)
    unknown = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ports = {name: int(os.environ[name]) for name in ("SMTPS", "SILENT", "CLOSING", "REFUSING")}
    more = {"timeout": 20, "context": unknown}
    refused("an authority that is not known", lambda: smtplib.SMTP_SSL("localhost", ports["SMTPS"], **more))
    refused("no answer", lambda: smtplib.SMTP("localhost", ports["SILENT"], timeout=0.2))
    refused("no server", lambda: smtplib.SMTP("localhost", ports["REFUSING"], timeout=20))


if __name__ == "__main__":
    main()
