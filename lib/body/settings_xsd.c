/* SPDX-License-Identifier: MIT */
#include "body/settings_xml.h"

#include "base/mem.h"
#include "base/text.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include <pthread.h>
#include <stdlib.h>

/* libxml2 may add to a schema while it validates (xsi:schemaLocation), so one thread at a time uses it. */
struct settings_xsd {
	xmlDocPtr doc; /* the schema points into it */
	xmlSchemaPtr schema;
	pthread_mutex_t lock;
};

static xmlDocPtr read_doc(struct slice text)
{
	return xmlReadMemory(text.p, (int)text.len, NULL, NULL,
			     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}

static void on_schema_error(void *data, xmlErrorPtr error)
{
	struct err *err = data;
	char clean[300];

	if (!err->code && error && error->level >= XML_ERR_ERROR)
		err_set(err, -EINVAL, "line %d: %s", error->line,
			text_clean_fixed(clean, sizeof(clean), slice_trim(slice_of(error->message))));
}

static xmlSchemaPtr schema_parse(xmlDocPtr doc, struct err *ret_first)
{
	xmlSchemaParserCtxtPtr ctxt = xmlSchemaNewDocParserCtxt(doc);
	xmlSchemaPtr schema;

	if (!ctxt)
		abort();
	xmlSchemaSetParserStructuredErrors(ctxt, on_schema_error, ret_first);
	schema = xmlSchemaParse(ctxt);
	xmlSchemaFreeParserCtxt(ctxt);
	return schema;
}

int settings_xsd_new(struct slice text, struct settings_xsd **ret_xsd, struct err *err)
{
	struct err first = {0};
	xmlSchemaPtr schema = NULL;
	xmlDocPtr doc;

	*ret_xsd = NULL;
	if (text.len == 0 || text.len > SETTINGS_LEN_MAX)
		return err_set(err, -EINVAL, "the schema is empty or too big");
	xmlResetLastError();
	doc = read_doc(text);
	if (doc)
		schema = schema_parse(doc, &first);
	else
		on_schema_error(&first, xmlGetLastError());
	if (!schema) {
		xmlFreeDoc(doc);
		return err_set(err, -EINVAL, "the schema: %s", first.code ? first.text : "does not parse");
	}
	*ret_xsd = mem_alloc(sizeof(**ret_xsd));
	(*ret_xsd)->doc = doc;
	(*ret_xsd)->schema = schema;
	pthread_mutex_init(&(*ret_xsd)->lock, NULL);
	return 0;
}

void settings_xsd_free(struct settings_xsd *xsd)
{
	if (!xsd)
		return;
	xmlSchemaFree(xsd->schema);
	xmlFreeDoc(xsd->doc);
	pthread_mutex_destroy(&xsd->lock);
	free(xsd);
}

static void on_breach(void *data, xmlErrorPtr error)
{
	struct settings_place place = {(uint32_t)error->line, (uint32_t)error->int2, 0, 0};
	char clean[2 * sizeof(((struct settings *)NULL)->text)];

	if (error->level >= XML_ERR_ERROR)
		settings_breach(data, &place, "schema: %s",
				text_clean_fixed(clean, sizeof(clean), slice_trim(slice_of(error->message))));
}

static int validate(xmlSchemaPtr schema, xmlDocPtr doc, struct settings *ret)
{
	xmlSchemaValidCtxtPtr ctxt = xmlSchemaNewValidCtxt(schema);
	int rc;

	if (!ctxt)
		abort();
	xmlSchemaSetValidStructuredErrors(ctxt, on_breach, ret);
	rc = xmlSchemaValidateDoc(ctxt, doc);
	xmlSchemaFreeValidCtxt(ctxt);
	return rc;
}

void settings_xsd_check(struct settings_xsd *xsd, struct slice body, struct settings *ret)
{
	const struct settings_place nowhere = {0};
	xmlDocPtr doc = xmlReadMemory(body.p, (int)body.len, NULL, NULL,
				      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	int rc;

	if (!doc) {
		settings_breach(ret, &nowhere, "schema: the document can't be read again");
		return;
	}
	pthread_mutex_lock(&xsd->lock);
	rc = validate(xsd->schema, doc, ret);
	pthread_mutex_unlock(&xsd->lock);
	xmlFreeDoc(doc);
	if (rc)
		settings_breach(ret, &nowhere, "schema: the document does not meet it");
}
