"""Telling a mailbox: one plain-text message through the house's own mail server. No source: nothing is asked."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from admission.errors import AccessRefused, BadInput, SourceUnavailable
from admission.model import Text

_SECONDS = 15.0
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def send(server: str, *, sender: str, to: str, subject: str, body: str) -> None:
    """Send one message and see that the server took it.

    Args:
        server: `smtps://user:password@host:465`, `smtp+starttls://...` or, inside one's own network, `smtp://host`.
        sender: address it comes from.
        to: address it goes to.
        subject: one line.
        body: plain text.

    Raises:
        BadInput: the server's address cannot be read.
        AccessRefused: the server did not take our log-in, sender or receiver.
        SourceUnavailable: the server did not answer, or broke off.
    """
    parts = urlsplit(server)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise BadInput(
            Text(en="The mail server's address cannot be used.", zh="邮件服务器地址无法使用。"),
            remedy=Text(en="write smtps://user:password@host", zh="请写成 smtps://user:password@host"),
        )
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message.set_content(body)
    port = parts.port or _PORTS[parts.scheme]
    where = {"host": parts.hostname}
    try:
        if parts.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                parts.hostname, port, timeout=_SECONDS, context=ssl.create_default_context()
            )
        else:
            connection = smtplib.SMTP(parts.hostname, port, timeout=_SECONDS)
        with connection:
            if parts.scheme == "smtp+starttls":
                connection.starttls(context=ssl.create_default_context())
            if parts.username:
                connection.login(unquote(parts.username), unquote(parts.password or ""))
            connection.send_message(message)
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused):
        refused = Text(
            en="The mail server refused the log-in, the sender or the receiver.",
            zh="邮件服务器拒绝了登录、发件人或收件人。",
        )
        raise AccessRefused(refused, context=where) from None
    except (smtplib.SMTPException, OSError) as error:
        kind = type(error).__name__
        failed = Text(en=f"The mail server did not take the message: {kind}.", zh=f"邮件服务器未接收邮件：{kind}。")
        raise SourceUnavailable(failed, context=where) from None
