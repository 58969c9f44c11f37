/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "body/settings_xml.h"

#include "base/text.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

#include <stdlib.h>

struct parse {
	struct settings_walk walk;
	xmlParserCtxtPtr ctxt;
	bool fatal; /* an error that leaves no XML was noted */
};

static xmlParserInputPtr load_refuse(const char *url, const char *id, xmlParserCtxtPtr ctxt)
{
	return NULL;
}

static void error_drop(void *data, xmlErrorPtr error)
{
}

void settings_xml_init(void)
{
	xmlInitParser();
	xmlSetExternalEntityLoader(load_refuse);
	xmlSetStructuredErrorFunc(NULL, error_drop);
	xmlThrDefSetStructuredErrorFunc(NULL, error_drop);
}

/* The parser stands on the end of a start tag. A '<' can't stand in one but at its front (XML 1.0 3.1), so the nearest
 * one is its first byte. Where the parser works on a converted copy, its offsets say nothing about the body. */
static struct settings_place place_of(const xmlParserInput *input)
{
	struct settings_place place = {(uint32_t)input->line, (uint32_t)input->col, 0, 0};
	const xmlChar *from;

	if (!input->buf || input->buf->encoder)
		return place;
	from = memrchr(input->base, '<', (size_t)(input->cur - input->base));
	if (!from)
		return place;
	place.offset = (uint32_t)(input->consumed + (unsigned long)(from - input->base));
	place.len = (uint32_t)(input->cur - from) + (*input->cur == '/' ? 2 : 1);
	return place;
}

static void on_open(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns, int ns_count,
		    const xmlChar **ns_list, int attribute_count, int defaulted, const xmlChar **attributes)
{
	struct parse *parse = data;
	struct settings_tag tag = {
		.name = (const char *)name,
		.ns = (const char *)ns,
		.attributes = (const unsigned char *const *)attributes,
		.attribute_count = attribute_count,
		.place = place_of(parse->ctxt->input),
	};

	settings_walk_open(&parse->walk, &tag);
}

static void on_close(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns)
{
	settings_walk_close(&((struct parse *)data)->walk);
}

static void on_text(void *data, const xmlChar *text, int len)
{
	settings_walk_text(&((struct parse *)data)->walk, (struct slice){(const char *)text, (size_t)len});
}

static void on_doctype(void *data, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	struct parse *parse = data;
	struct settings_place place = place_of(parse->ctxt->input);

	parse->walk.ret->doctype = true;
	settings_breach(parse->walk.ret, &place, "the document has a DOCTYPE");
	xmlStopParser(parse->ctxt);
}

static void on_error(void *data, xmlErrorPtr error)
{
	struct parse *parse = data;
	struct settings_place place = {(uint32_t)error->line, (uint32_t)error->int2, 0, 0};
	char clean[2 * sizeof(parse->walk.ret->text)];

	if (error->level < XML_ERR_ERROR)
		return;
	if (error->level == XML_ERR_FATAL && !parse->fatal && !parse->walk.ret->doctype) {
		parse->walk.ret->text[0] = '\0';
		parse->fatal = true;
	}
	text_clean_fixed(clean, sizeof(clean), slice_trim(slice_of(error->message)));
	settings_breach(parse->walk.ret, &place, "%s", clean[0] ? clean : "not well-formed");
}

static const xmlSAXHandler handler = {
	.initialized = XML_SAX2_MAGIC,
	.startElementNs = on_open,
	.endElementNs = on_close,
	.characters = on_text,
	.cdataBlock = on_text,
	.internalSubset = on_doctype,
	.serror = on_error,
};

/* The parser takes a NUL for the end and would pass over what stands behind it. */
static bool has_stray_nul(struct slice body)
{
	bool wide = body.len >= 2 && (body.p[0] == '\0' || body.p[1] == '\0' || memcmp(body.p, "\xff\xfe", 2) == 0 ||
				      memcmp(body.p, "\xfe\xff", 2) == 0);

	return !wide && body.len && memchr(body.p, '\0', body.len);
}

static bool parse_run(struct parse *parse, struct slice body)
{
	xmlParserCtxtPtr ctxt = xmlCreateMemoryParserCtxt(body.p, (int)body.len);
	bool well_formed;

	if (!ctxt)
		abort();
	parse->ctxt = ctxt;
	*ctxt->sax = handler;
	ctxt->userData = parse;
	xmlCtxtUseOptions(ctxt, XML_PARSE_NONET);
	xmlParseDocument(ctxt);
	well_formed =
		ctxt->wellFormed && !parse->walk.ret->doctype && ctxt->input && ctxt->input->cur >= ctxt->input->end;
	xmlFreeDoc(ctxt->myDoc); /* behind an error in the XML declaration, a DOCTYPE's entities make one */
	xmlFreeParserCtxt(ctxt);
	return well_formed;
}

void settings_xml_read(const struct settings_profile *profile, struct slice body, struct settings *ret)
{
	struct parse parse = {.walk = {.profile = profile, .ret = ret}};
	const struct settings_place nowhere = {0};

	if (body.len == 0) {
		settings_breach(ret, &nowhere, "the document is empty");
		return;
	}
	if (has_stray_nul(body)) {
		settings_breach(ret, &nowhere, "the document holds a NUL");
		return;
	}
	ret->well_formed = parse_run(&parse, body);
	if (ret->well_formed)
		return;
	settings_breach(ret, &nowhere, "the document is not well-formed");
	memset(ret->item, 0, sizeof(ret->item)); /* what was read in front of an error in XML is no setting */
}
