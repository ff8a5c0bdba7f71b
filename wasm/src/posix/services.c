/* Names of protocols and services: those that everybody has heard of. */
#include <netdb.h>
#include <string.h>
#include <strings.h>

#include "posix.h"

static char *no_aliases[] = {NULL};

struct protoent *getprotobyname(const char *name)
{
    static struct protoent known[] = {
        {"ip", no_aliases, 0},         {"icmp", no_aliases, 1}, {"igmp", no_aliases, 2},  {"tcp", no_aliases, 6},
        {"udp", no_aliases, 17},       {"ipv6", no_aliases, 41}, {"gre", no_aliases, 47}, {"esp", no_aliases, 50},
        {"ipv6-icmp", no_aliases, 58}, {"sctp", no_aliases, 132},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (strcasecmp(name, known[i].p_name) == 0) {
            return &known[i];
        }
    }
    return NULL;
}

#define TCP 1
#define UDP 2
#define BOTH (TCP | UDP)

static const struct {
    const char *name;
    int port;
    int protocols;
} services[] = {
    {"echo", 7, BOTH},
    {"discard", 9, BOTH},
    {"daytime", 13, BOTH},
    {"ftp-data", 20, TCP},
    {"ftp", 21, TCP},
    {"ssh", 22, TCP},
    {"telnet", 23, TCP},
    {"smtp", 25, TCP},
    {"time", 37, BOTH},
    {"whois", 43, TCP},
    {"domain", 53, BOTH},
    {"bootps", 67, UDP},
    {"bootpc", 68, UDP},
    {"tftp", 69, UDP},
    {"gopher", 70, TCP},
    {"finger", 79, TCP},
    {"http", 80, TCP},
    {"kerberos", 88, BOTH},
    {"pop3", 110, TCP},
    {"sunrpc", 111, BOTH},
    {"nntp", 119, TCP},
    {"ntp", 123, BOTH},
    {"imap2", 143, TCP},
    {"imap", 143, TCP},
    {"snmp", 161, BOTH},
    {"snmp-trap", 162, BOTH},
    {"ldap", 389, BOTH},
    {"https", 443, BOTH},
    {"submissions", 465, TCP},
    {"smtps", 465, TCP},
    {"syslog", 514, UDP},
    {"printer", 515, TCP},
    {"rtsp", 554, BOTH},
    {"nntps", 563, TCP},
    {"submission", 587, TCP},
    {"ipp", 631, TCP},
    {"ldaps", 636, BOTH},
    {"domain-s", 853, BOTH},
    {"rsync", 873, TCP},
    {"ftps-data", 989, TCP},
    {"ftps", 990, TCP},
    {"telnets", 992, TCP},
    {"imaps", 993, TCP},
    {"pop3s", 995, TCP},
    {"socks", 1080, TCP},
    {"openvpn", 1194, BOTH},
    {"ms-sql-s", 1433, TCP},
    {"radius", 1812, BOTH},
    {"nfs", 2049, BOTH},
    {"mysql", 3306, TCP},
    {"svn", 3690, TCP},
    {"epmd", 4369, TCP},
    {"sip", 5060, BOTH},
    {"sip-tls", 5061, BOTH},
    {"xmpp-client", 5222, TCP},
    {"xmpp-server", 5269, TCP},
    {"postgresql", 5432, TCP},
    {"amqps", 5671, TCP},
    {"amqp", 5672, TCP},
    {"x11", 6000, TCP},
    {"redis", 6379, TCP},
    {"http-alt", 8080, BOTH},
    {"git", 9418, TCP},
};

static struct servent *service(const char *name, int port, const char *protocol)
{
    static struct servent found;
    int wanted = protocol == NULL ? BOTH : strcmp(protocol, "tcp") == 0 ? TCP : strcmp(protocol, "udp") == 0 ? UDP : 0;
    for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++) {
        int fits = services[i].protocols & wanted;
        if (fits && (name != NULL ? strcmp(name, services[i].name) == 0 : port == htons(services[i].port))) {
            found.s_name = (char *)services[i].name;
            found.s_aliases = no_aliases;
            found.s_port = htons(services[i].port);
            found.s_proto = fits & TCP ? "tcp" : "udp";
            return &found;
        }
    }
    return NULL;
}

struct servent *getservbyname(const char *name, const char *protocol)
{
    return service(name, 0, protocol);
}

struct servent *getservbyport(int port, const char *protocol)
{
    return service(NULL, port, protocol);
}
