"""Servers whose contexts are made when this is imported: the keys of their tickets."""
import ssl

from talk import contexts, talk, ticket_key

server, client = contexts(ssl.TLSVersion.TLSv1_2)
sent, end = talk(server, client)
at_import = ticket_key(sent)


def main():
    # In another run the server can make nothing of that ticket.
    _, again = talk(server, client, end.session)
    keys = {ticket_key(talk(server, client)[0]) for _ in range(2)}
    print(at_import, *keys, again.session_reused)
