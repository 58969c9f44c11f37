/* SPDX-License-Identifier: MIT */
#include "sip/digest.h"
#include "sip_test.h"

/* The examples of RFC 2617 3.5 and RFC 7616 3.9.1. */
#define OLD_NONCE  "dcd98b7102dd2f0e8b11d0f600bfb0c093"
#define NEW_NONCE  "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
#define NEW_CNONCE "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
#define OLD        "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"" OLD_NONCE "\", uri=\"/dir/index.html\""
#define NEW                                                                                                            \
	"Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", nonce=\"" NEW_NONCE     \
	"\", nc=00000001, cnonce=\"" NEW_CNONCE "\", qop=auth"

static const struct {
	const char *credentials, *password, *response;
} examples[] = {
	{OLD ", qop=auth, nc=00000001, cnonce=\"0a4f113b\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
	 "Circle Of Life", "6629fae49393a05397450978507c4ef1"},
	{NEW ", algorithm=MD5", "Circle of Life", "8ca523f5e9506fed4657c9700eebdbec"},
	{NEW ", algorithm=SHA-256", "Circle of Life",
	 "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
	{OLD, "Circle Of Life", "670fd8c2df070c60b045671b8b24ff02"},
	{OLD ", algorithm=MD5-sess, qop=auth, nc=00000001, cnonce=\"0a4f113b\"", "Circle Of Life",
	 "8e3825c57e897f5a0dec6c2d4e5059d0"},
	{OLD ", qop=auth-int, nc=00000001, cnonce=\"0a4f113b\"", "Circle Of Life", "151b6cabb7e59e0ac757207a039ff3d0"},
	{NEW ", algorithm=sha-256-SESS", "Circle of Life",
	 "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7"},
};

static struct sip_digest read_good(const char *text)
{
	struct sip_digest digest;
	struct err err = {0};

	cr_assert_eq(sip_digest_read(slice_of(text), &digest, &err), 0, "%s", err.text);
	return digest;
}

Test(sip, digest_read)
{
	struct sip_digest d =
		read_good("dIGEST\r\n  Realm = \"a, \\\"b\" ,nonce=\"n\",, qop=\"auth,auth-int\",STALE=true,"
			  "domain=\"\",opaque=\"o\", algorithm=MD5, other=x");

	assert_slice(d.realm, "a, \\\"b");
	assert_slice(d.nonce, "n");
	assert_slice(d.qop, "auth,auth-int");
	assert_slice(d.stale, "true");
	assert_slice(d.opaque, "o");
	assert_slice(d.algorithm, "MD5");
	cr_assert(d.domain.p && d.domain.len == 0);
	cr_assert_null(d.username.p);
	d = read_good("Digest");
	cr_assert_null(d.realm.p);
}

Test(sip, digest_refusals_say_why)
{
	static const struct {
		const char *text;
		int code;
		const char *says;
	} cases[] = {
		{"", -EBADMSG, "no authentication scheme: "},
		{"a=b", -EBADMSG, "no authentication scheme: a=b"},
		{"Basic abc", -ENOTSUP, "scheme is not Digest: Basic"},
		{"NoOneKnowsThisScheme opaque-data=here", -ENOTSUP, "scheme is not Digest: NoOneKnowsThisScheme"},
		{"Digest realm", -EBADMSG, "no digest parameter: realm"},
		{"Digest a b=c", -EBADMSG, "no digest parameter: a b=c"},
		{"Digest =c", -EBADMSG, "no digest parameter: =c"},
		{"Digest realm=\"a", -EBADMSG, "quote is not closed: realm=\"a"},
		{"Digest realm=\"a\\\"", -EBADMSG, "quote is not closed: realm=\"a\\\\\""},
		{"Digest nc=1, NC=2", -EBADMSG, "digest parameter given twice: NC"},
	};
	struct sip_digest digest;
	struct err err;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect_eq(sip_digest_read(slice_of(cases[i].text), &digest, &err), cases[i].code, "%s",
			     cases[i].text);
		cr_expect_str_eq(err.text, cases[i].says);
	}
}

Test(sip, digest_examples_of_the_rfcs)
{
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		struct sip_digest d = read_good(examples[i].credentials);
		char hex[65];
		struct err err;

		cr_expect_eq(sip_digest_response(&d, slice_of(examples[i].password), SLICE("GET"), SLICE("v=0\r\n"),
						 hex, NULL),
			     0);
		cr_expect_str_eq(hex, examples[i].response);
		d.response = slice_of(hex);
		cr_expect_eq(sip_digest_check(&d, slice_of(examples[i].password), SLICE("GET"), SLICE("v=0\r\n"), &err),
			     0);
		cr_expect_eq(sip_digest_check(&d, SLICE("wrong"), SLICE("GET"), SLICE("v=0\r\n"), &err), -EACCES);
		cr_expect_eq(sip_digest_check(&d, slice_of(examples[i].password), SLICE("PUT"), SLICE("v=0\r\n"), &err),
			     -EACCES);
		cr_expect_eq(sip_digest_check(&d, slice_of(examples[i].password), SLICE("GET"), SLICE("v=1\r\n"), NULL),
			     slice_is(d.qop, "auth-int") ? -EACCES : 0);
	}
}

static void assert_check(const char *text, int code, const char *says)
{
	struct sip_digest d = read_good(text);
	struct err err = {0};

	cr_expect_eq(sip_digest_check(&d, SLICE("p"), SLICE("GET"), SLICE_NONE, &err), code, "%s", text);
	cr_expect_str_eq(err.text, says);
}

Test(sip, digest_check_says_what_is_wrong)
{
	assert_check("Digest", -EBADMSG, "digest without response");
	assert_check("Digest response=\"\"", -EBADMSG, "digest without username");
	assert_check("Digest response=a,username=b", -EBADMSG, "digest without realm");
	assert_check("Digest response=a,username=b,realm=c", -EBADMSG, "digest without nonce");
	assert_check("Digest response=a,username=b,realm=c,nonce=d", -EBADMSG, "digest without uri");
	assert_check(OLD ",response=a,qop=auth", -EBADMSG, "digest without cnonce");
	assert_check(OLD ",response=a,algorithm=MD5-sess", -EBADMSG, "digest without cnonce");
	assert_check(OLD ",response=a,qop=auth,cnonce=b", -EBADMSG, "digest without nc");
	assert_check(OLD ",response=a,qop=auth,cnonce=b,nc=1", -EBADMSG, "nc is not eight hex digits: 1");
	assert_check(OLD ",response=a,algorithm=X1-sess", -ENOTSUP, "unknown digest algorithm: X1-sess");
	assert_check(OLD ",response=a,qop=some", -ENOTSUP, "unknown qop: some");
	assert_check(OLD ",response=\"a\"", -EACCES, "response value is wrong: a");
	assert_check(OLD ",response=\"670FD8C2DF070C60B045671B8B24FF02\"", -EACCES,
		     "response value is wrong: 670FD8C2DF070C60B045671B8B24FF02");
}

static int answer(const char *challenge, struct buf *to, struct err *err)
{
	struct sip_digest d = read_good(challenge);
	struct sip_digest_request request = {SLICE("alice"),
					     SLICE("secret"),
					     SLICE("REGISTER"),
					     SLICE("sip:im.example"),
					     SLICE("body"),
					     SLICE("c"),
					     1};

	return sip_digest_answer(&d, &request, to, err);
}

static void assert_answer(const char *challenge, const char *qop)
{
	struct buf text = {0};
	struct sip_digest d;

	cr_assert_eq(answer(challenge, &text, NULL), 0, "%s", challenge);
	d = read_good(text.p);
	assert_slice(d.qop, qop);
	assert_slice(d.nc, *qop ? "00000001" : "");
	cr_expect_eq(sip_digest_check(&d, SLICE("secret"), SLICE("REGISTER"), SLICE("body"), NULL), 0, "%s", text.p);
	buf_done(&text);
}

Test(sip, digest_answers_pass_the_check)
{
	struct buf text = {0};

	assert_answer("Digest realm=\"r\", nonce=\"n\"", "");
	assert_answer("Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256-sess", "");
	assert_answer("Digest realm=\"r\", nonce=\"n\", qop=\"auth-int,auth\"", "auth");
	assert_answer("Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\", algorithm=SHA-256", "auth-int");
	assert_answer("Digest realm=\"r\", nonce=\"n\", qop=\"new, auth-int\"", "auth-int");
	assert_answer("Digest realm=\"r\", nonce=\"n\", qop=AUTH, algorithm=MD5-sess", "auth");
	cr_assert_eq(answer("Digest realm=\"r\", nonce=\"n\", qop=auth, opaque=\"o\", algorithm=MD5, stale=false",
			    &text, NULL),
		     0);
	cr_assert_str_eq(text.p, "Digest username=\"alice\", realm=\"r\", nonce=\"n\", uri=\"sip:im.example\", "
				 "response=\"4eaa37d5e05019d6f1b8874a8c004461\", algorithm=MD5, cnonce=\"c\", "
				 "opaque=\"o\", qop=auth, nc=00000001");
	buf_done(&text);
}

Test(sip, digest_answers_that_cannot_be_given)
{
	struct sip_digest_request unquotable = {.username = SLICE("a\"b")};
	struct buf text = {0};
	struct sip_digest d = {0};
	struct err err;

	cr_assert_eq(answer("Digest realm=\"r\", nonce=\"n\", qop=new", &text, &err), -ENOTSUP);
	cr_assert_str_eq(err.text, "unknown qop: new");
	cr_assert_eq(answer("Digest realm=\"r\", nonce=\"n\", algorithm=AKAv9", &text, &err), -ENOTSUP);
	cr_assert_str_eq(err.text, "unknown digest algorithm: AKAv9");
	cr_assert_eq(answer("Digest nonce=\"n\"", &text, &err), -EBADMSG);
	cr_assert_str_eq(err.text, "digest without realm");
	cr_assert_eq(sip_digest_answer(&d, &unquotable, &text, &err), -EINVAL);
	cr_assert_str_eq(err.text, "username, uri or cnonce can't stand in a quoted string");
	cr_assert_eq(text.len, 0);
}

Test(sip, digest_offers_what_its_qop_lists)
{
	struct sip_digest d = {.qop = SLICE("Auth, token,auth-int")};

	cr_expect(sip_digest_offers(&d, SLICE("auth")));
	cr_expect(sip_digest_offers(&d, SLICE("AUTH-INT")));
	cr_expect_not(sip_digest_offers(&d, SLICE("int")));
	d.qop = SLICE_NONE;
	cr_expect_not(sip_digest_offers(&d, SLICE("auth")));
}

Test(sip, digest_lines_one_after_the_other)
{
	struct sip_msg msg = WITH("WWW-Authenticate: Basic realm=\"a\"\r\n"
				  "WWW-Authenticate: Digest realm=\"b\"\r\n"
				  "Proxy-Authenticate: Digest realm=\"c\"\r\n"
				  "WWW-Authenticate: Digest realm=\r\n"
				  "WWW-Authenticate: Digest realm=\"d\"\r\n");
	const struct sip_line *line = NULL;
	struct sip_digest d;

	cr_assert(sip_digest_next(&msg, SIP_HEADER_WWW_AUTHENTICATE, &line, &d));
	assert_slice(d.realm, "b");
	cr_assert(sip_digest_next(&msg, SIP_HEADER_WWW_AUTHENTICATE, &line, &d));
	assert_slice(d.realm, "");
	cr_assert(sip_digest_next(&msg, SIP_HEADER_WWW_AUTHENTICATE, &line, &d));
	assert_slice(d.realm, "d");
	assert_slice(sip_line_value(&msg, line), "Digest realm=\"d\"");
	cr_assert_not(sip_digest_next(&msg, SIP_HEADER_WWW_AUTHENTICATE, &line, &d));
	cr_assert(sip_digest_first(&msg, sip_challenge_header(407), &d));
	assert_slice(d.realm, "c");
	cr_assert_not(sip_digest_first(&msg, sip_credentials_header(401), &d));
}

static void digest_prefix(struct slice prefix)
{
	struct sip_digest d;
	char hex[65];

	if (sip_digest_read(prefix, &d, NULL) == 0 && d.username.p)
		cr_expect(d.username.len == 0 || slice_is(d.username, "Mufasa"));
	if (sip_digest_read(prefix, &d, NULL) == 0 && d.uri.p)
		cr_expect_eq(sip_digest_response(&d, SLICE("p"), SLICE("X"), SLICE_NONE, hex, NULL), 0);
}

Test(sip, digest_every_prefix)
{
	each_prefix(SLICE(OLD), digest_prefix);
}
