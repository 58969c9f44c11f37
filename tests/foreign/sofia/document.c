// SPDX-License-Identifier: MIT
/* The settings document: is it one, and does it want offline delivery? */
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "server.h"

static const xmlNode *element(const xmlNode *from, const char *name)
{
	for (const xmlNode *node = from; node; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		if (!strcmp((const char *)node->name, name))
			return node;
		const xmlNode *inside = element(node->children, name);
		if (inside)
			return inside;
	}
	return NULL;
}

/* xs:boolean. 0, or -1: it is none. */
static int boolean(const char *text, bool *ret)
{
	*ret = text && (!strcmp(text, "true") || !strcmp(text, "1"));
	return text && (*ret || !strcmp(text, "false") || !strcmp(text, "0")) ? 0 : -1;
}

static int activation(const xmlNode *root, bool *ret_active)
{
	const xmlNode *settings = element(root->children, "deferred-settings");
	const xmlNode *delivery = settings ? element(settings->children, "offline-delivery") : NULL;
	xmlChar *text;
	int result;

	*ret_active = false;
	if (!delivery)
		return 0;
	text = xmlGetProp((xmlNode *)delivery, (const xmlChar *)"active");
	result = boolean((const char *)text, ret_active);
	xmlFree(text);
	return result;
}

int document_read(const char *text, size_t len, bool *ret_active)
{
	xmlDoc *doc = xmlReadMemory(text, (int)len, "settings", NULL,
				    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	int status = 400;

	*ret_active = false;
	if (root && !strcmp((const char *)root->name, "poc-settings") && !activation(root, ret_active))
		status = 0;
	xmlFreeDoc(doc);
	return status;
}
