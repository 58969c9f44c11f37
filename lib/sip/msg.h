/* SPDX-License-Identifier: MIT
 *
 * The header index: one pass over the bytes of a SIP message that tells where every header line is and what it is
 * (RFC 3261 7). The raw bytes are the evidence; nothing is copied, changed, or guessed. Everything a conformance tool
 * must see stays visible: compact forms, folding, letter case, repeated lines, wrong lengths, LF line ends.
 *
 * Fed by sip/frame (wire) and by builders (tests, harness); read by everyone. All slices point into `raw`. */
#ifndef SIP_MSG_H
#define SIP_MSG_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

enum sip_method {                   /* RFC 3261, 3262, 3311, 3428, 3515, 3903, 6086, 6665 */
		  SIP_METHOD_NONE,  /* a response whose CSeq gives no method */
		  SIP_METHOD_OTHER, /* a token that is none of these */
		  SIP_METHOD_ACK,
		  SIP_METHOD_BYE,
		  SIP_METHOD_CANCEL,
		  SIP_METHOD_INFO,
		  SIP_METHOD_INVITE,
		  SIP_METHOD_MESSAGE,
		  SIP_METHOD_NOTIFY,
		  SIP_METHOD_OPTIONS,
		  SIP_METHOD_PRACK,
		  SIP_METHOD_PUBLISH,
		  SIP_METHOD_REFER,
		  SIP_METHOD_REGISTER,
		  SIP_METHOD_SUBSCRIBE,
		  SIP_METHOD_UPDATE,
		  SIP_METHOD_COUNT
};

/* Known header fields; the compact forms are the same ids. One X-macro feeds the enum, the names and the lookup:
 * X(id, "Name", 'c' or 0). */
#define SIP_HEADERS(X)                                                                                                 \
	X(ACCEPT, "Accept", 0)                                                                                         \
	X(ACCEPT_CONTACT, "Accept-Contact", 'a')                                                                       \
	X(ALLOW, "Allow", 0)                                                                                           \
	X(ALLOW_EVENTS, "Allow-Events", 'u')                                                                           \
	X(AUTHENTICATION_INFO, "Authentication-Info", 0)                                                               \
	X(AUTHORIZATION, "Authorization", 0)                                                                           \
	X(CALL_ID, "Call-ID", 'i')                                                                                     \
	X(CONTACT, "Contact", 'm')                                                                                     \
	X(CONTENT_DISPOSITION, "Content-Disposition", 0)                                                               \
	X(CONTENT_ENCODING, "Content-Encoding", 'e')                                                                   \
	X(CONTENT_LENGTH, "Content-Length", 'l')                                                                       \
	X(CONTENT_TYPE, "Content-Type", 'c')                                                                           \
	X(CSEQ, "CSeq", 0)                                                                                             \
	X(EVENT, "Event", 'o')                                                                                         \
	X(EXPIRES, "Expires", 0)                                                                                       \
	X(FROM, "From", 'f')                                                                                           \
	X(MAX_FORWARDS, "Max-Forwards", 0)                                                                             \
	X(MIN_EXPIRES, "Min-Expires", 0)                                                                               \
	X(MIN_SE, "Min-SE", 0)                                                                                         \
	X(P_ACCESS_NETWORK_INFO, "P-Access-Network-Info", 0)                                                           \
	X(P_ASSERTED_IDENTITY, "P-Asserted-Identity", 0)                                                               \
	X(P_ASSOCIATED_URI, "P-Associated-URI", 0)                                                                     \
	X(P_CALLED_PARTY_ID, "P-Called-Party-ID", 0)                                                                   \
	X(P_CHARGING_VECTOR, "P-Charging-Vector", 0)                                                                   \
	X(P_PREFERRED_IDENTITY, "P-Preferred-Identity", 0)                                                             \
	X(P_SERVED_USER, "P-Served-User", 0)                                                                           \
	X(P_VISITED_NETWORK_ID, "P-Visited-Network-ID", 0)                                                             \
	X(PATH, "Path", 0)                                                                                             \
	X(PRIVACY, "Privacy", 0)                                                                                       \
	X(PROXY_AUTHENTICATE, "Proxy-Authenticate", 0)                                                                 \
	X(PROXY_AUTHORIZATION, "Proxy-Authorization", 0)                                                               \
	X(PROXY_REQUIRE, "Proxy-Require", 0)                                                                           \
	X(RACK, "RAck", 0)                                                                                             \
	X(REASON, "Reason", 0)                                                                                         \
	X(RECORD_ROUTE, "Record-Route", 0)                                                                             \
	X(REJECT_CONTACT, "Reject-Contact", 'j')                                                                       \
	X(REQUIRE, "Require", 0)                                                                                       \
	X(RETRY_AFTER, "Retry-After", 0)                                                                               \
	X(ROUTE, "Route", 0)                                                                                           \
	X(RSEQ, "RSeq", 0)                                                                                             \
	X(SERVER, "Server", 0)                                                                                         \
	X(SERVICE_ROUTE, "Service-Route", 0)                                                                           \
	X(SESSION_EXPIRES, "Session-Expires", 'x')                                                                     \
	X(SIP_ETAG, "SIP-ETag", 0)                                                                                     \
	X(SIP_IF_MATCH, "SIP-If-Match", 0)                                                                             \
	X(SUBSCRIPTION_STATE, "Subscription-State", 0)                                                                 \
	X(SUPPORTED, "Supported", 'k')                                                                                 \
	X(TO, "To", 't')                                                                                               \
	X(UNSUPPORTED, "Unsupported", 0)                                                                               \
	X(USER_AGENT, "User-Agent", 0)                                                                                 \
	X(VIA, "Via", 'v')                                                                                             \
	X(WARNING, "Warning", 0)                                                                                       \
	X(WWW_AUTHENTICATE, "WWW-Authenticate", 0)

enum sip_header {
	SIP_HEADER_OTHER,
#define X(id, name, compact) SIP_HEADER_##id,
	SIP_HEADERS(X)
#undef X
		SIP_HEADER_COUNT
};

enum sip_line_flag {
	SIP_LINE_COMPACT = 1, /* name written in its one-letter form */
	SIP_LINE_FOLDED = 2,  /* value goes over several physical lines (RFC 3261 7.3.1) */
	SIP_LINE_SPACED = 4,  /* blanks between name and colon */
};

/* One header line, folds included; offsets are bytes from raw. A line without a legal name and a colon is kept too
 * (SIP_ODD_BAD_LINE): its name is what stands before a colon, or empty where there is none, and its id is OTHER. */
struct sip_line {
	uint32_t offset;    /* of the name's first byte */
	uint32_t value;     /* offset of the value, leading blanks skipped */
	uint32_t value_len; /* trailing blanks cut; inner folds left as they are */
	uint16_t name_len;  /* trailing blanks not counted */
	uint8_t id;         /* enum sip_header */
	uint8_t flags;      /* enum sip_line_flag */
};

enum { SIP_LINES_MAX = 2000, SIP_MSG_MAX = 1024 * 1024 };

/* Oddities that the index notes in passing. None of them makes the message unusable by itself. */
enum sip_odd {
	SIP_ODD_LF = 1,                /* at least one line ends in a lone LF */
	SIP_ODD_NO_BLANK = 1 << 1,     /* no blank line ends the header part (cut off, or malformed) */
	SIP_ODD_BAD_LINE = 1 << 2,     /* a line without a colon, or with an empty or illegal name */
	SIP_ODD_NUL = 1 << 3,          /* a NUL byte in the header part */
	SIP_ODD_LENGTH_BAD = 1 << 4,   /* Content-Length is no number, or two of them differ */
	SIP_ODD_LENGTH_SHORT = 1 << 5, /* bytes behind the body that Content-Length tells (they are not in `body`) */
	SIP_ODD_LENGTH_LONG = 1 << 6,  /* Content-Length tells more than there is: the body is cut off */
	SIP_ODD_VERSION = 1 << 7,      /* not exactly SIP/2.0 */
	SIP_ODD_START = 1 << 8,        /* start line with extra blanks, or bad status */
};

/* name-addr or addr-spec with header parameters: Contact, From, To, Route, P-Asserted-Identity … (RFC 3261 20.10:
 * without angle brackets everything behind ';' is a header parameter). */
struct sip_addr {
	struct slice display; /* may be absent; quotes kept */
	struct slice uri;     /* between the brackets, or up to the first ';' or blank; "*" for Contact: * */
	struct slice params;  /* header parameters behind, without the first ';'; may be absent */
	bool brackets;
};

struct sip_msg {
	struct slice raw; /* start line to the end of the body: no CRLFs in front, no surplus behind */
	bool is_request;
	uint16_t status;          /* responses: 100..699 as sent; 0 in requests, and where it is no such number */
	enum sip_method method;   /* of a request; of a response, that of its CSeq */
	struct slice method_text; /* as sent; for responses from CSeq, may be absent */
	struct slice uri;         /* Request-URI as sent; absent in responses */
	struct slice reason;      /* reason phrase of a response, may be empty */
	struct slice body; /* what Content-Length tells; the rest where it is absent or bad; .p NULL: none at all */
	uint32_t head_len; /* bytes up to and with the blank line */
	int64_t content_length; /* the first, as given (INT64_MAX: more than fits); -1 absent; -2 not a number */
	uint32_t odd;           /* enum sip_odd, or-ed */
	bool plain;             /* each line is a name, a colon, a blank, the value and CR LF, with no other blanks */
	uint16_t line_count;
	uint16_t first[SIP_HEADER_COUNT]; /* index of the first line of each header that is present */
	uint64_t present, repeated; /* known headers that there are; those of several lines. sip_header_bit, or-ed */
	struct sip_line *lines;     /* in the arena */
	struct sip_party {          /* From, To and the first Contact, asked for most of all, by sip_msg_addr */
		enum sip_party_state { SIP_PARTY_UNREAD, SIP_PARTY_GOOD, SIP_PARTY_BAD } state;
		struct sip_addr addr;
		struct slice tag; /* of From and To */
	} from, to, contact;
};

/* Indexes `raw`, which must stay alive and unchanged as long as *ret is used. The lines are in `arena`. Leading CRLFs
 * are skipped (RFC 3261 7.5). Returns 0; -EBADMSG where the first line is no SIP start line, there are over
 * SIP_LINES_MAX header lines (err tells the byte), or over SIP_MSG_MAX bytes; *ret is then undefined. A message that is
 * cut off is indexed as far as it goes, with SIP_ODD_NO_BLANK or SIP_ODD_LENGTH_LONG. */
int sip_msg_index(struct sip_msg *ret, struct slice raw, struct arena *arena, struct err *err);

/* The same message in other memory: its bytes are copied to `raw`, from->raw.len of them, its lines to `lines`,
 * from->line_count of them. */
void sip_msg_copy(struct sip_msg *to, const struct sip_msg *from, struct sip_line *lines, char *raw);

/* Is this the beginning of a SIP message? Looks at the first 16..80 bytes only, of a status line at 8; leading CRLFs
 * are not skipped. Cheap: the first thing that is asked of every packet. */
bool sip_msg_probe(struct slice bytes);

const char *sip_method_name(enum sip_method method); /* "INVITE"; "" for NONE, "other" for OTHER */
enum sip_method sip_method_of(struct slice token);   /* case-sensitive (RFC 3261 7.1) */
const char *sip_header_name(enum sip_header id);     /* canonical form; "" for OTHER */
enum sip_header sip_header_of(struct slice name);    /* any letter case, compact forms too; OTHER if unknown */

_Static_assert(SIP_HEADER_COUNT <= 64, "a bit each");
static inline uint64_t sip_header_bit(enum sip_header id)
{
	return (uint64_t)1 << id;
}

static inline bool sip_msg_has(const struct sip_msg *msg, enum sip_header id)
{
	return msg->present & sip_header_bit(id);
}

/* Is it there more than once? */
static inline bool sip_msg_repeats(const struct sip_msg *msg, enum sip_header id)
{
	return msg->repeated & sip_header_bit(id);
}

/* First line of a known header, or NULL; then the next with the same id. */
static inline const struct sip_line *sip_msg_line(const struct sip_msg *msg, enum sip_header id)
{
	return sip_msg_has(msg, id) ? &msg->lines[msg->first[id]] : NULL;
}

static inline const struct sip_line *sip_msg_line_next(const struct sip_msg *msg, const struct sip_line *line)
{
	const struct sip_line *end = msg->lines + msg->line_count, *next = line + 1;

	if (!sip_msg_repeats(msg, line->id))
		return NULL;
	while (next < end && next->id != line->id)
		next++;
	return next < end ? next : NULL;
}

/* The same by name, for headers without an id ("X-Foo"); `after` NULL starts. */
const struct sip_line *sip_msg_line_named(const struct sip_msg *msg, struct slice name, const struct sip_line *after);

/* Value of a line, folds left in. */
static inline struct slice sip_line_value(const struct sip_msg *msg, const struct sip_line *line)
{
	return (struct slice){msg->raw.p + line->value, line->value_len};
}

/* Value of the first line with that id; absent (p NULL) where there is none. */
static inline struct slice sip_msg_value(const struct sip_msg *msg, enum sip_header id)
{
	const struct sip_line *line = sip_msg_line(msg, id);

	return line ? sip_line_value(msg, line) : SLICE_NONE;
}

#endif
