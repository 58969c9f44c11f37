/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "settings_help.h"
#include "body/settings_default.h"

#define XSD_HEAD                                                                                                       \
	"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='" POC                                 \
	"' elementFormDefault='qualified'>"
#define XSD                                                                                                            \
	XSD_HEAD                                                                                                       \
	"<xs:element name='poc-settings'><xs:complexType><xs:sequence><xs:element name='entity' minOccurs='0'>"        \
	"<xs:complexType><xs:attribute name='id' type='xs:anyURI'/></xs:complexType></xs:element>"                     \
	"</xs:sequence></xs:complexType></xs:element></xs:schema>"

static int reader_new(const char *xsd, struct settings_reader **ret, struct err *err)
{
	static struct settings_profile profile;

	settings_init();
	profile = *settings_profile_default();
	profile.xsd = xsd;
	return settings_reader_new(&profile, ret, err);
}

Test(body_settings_xsd, documents_must_meet_it_as_well)
{
	struct settings_reader *reader;
	struct settings settings;
	struct err err = {0};

	cr_assert_eq(reader_new(XSD, &reader, &err), 0, "%s", err.text);
	settings_read(reader, SLICE(DOC("<entity id='a'/>")), &settings);
	cr_assert(settings.valid, "%s", settings.text);
	settings_read(reader, SLICE(DOC("\n<entity id='a'/>\n" DELIVERY("true"))), &settings);
	cr_assert(!settings.valid && settings.well_formed && settings.line == 3);
	cr_assert_str_eq(settings.text, "schema: Element '{" IM "}deferred-settings': This element is not expected.");
	cr_assert_eq(settings_offline_delivery(&settings), SETTINGS_TRUE);
	settings_read(reader, SLICE(DOC("<entity/><entity/>")), &settings);
	cr_assert_str_eq(settings.text, "<entity> has no attribute id", "the rules come first");
	settings_reader_free(reader);
}

Test(body_settings_xsd, a_document_can_not_bring_a_schema)
{
	struct settings_reader *reader;
	struct settings settings;

	cr_assert_eq(reader_new(XSD, &reader, NULL), 0);
	settings_read(reader,
		      SLICE("<poc-settings xmlns='" POC "' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
			    "xsi:schemaLocation='urn:x /etc/passwd'><entity id='a'/></poc-settings>"),
		      &settings);
	cr_assert(settings.valid, "%s", settings.text);
	settings_read(reader, SLICE("<!DOCTYPE p><p/>"), &settings);
	cr_assert_str_eq(settings.text, "the document has a DOCTYPE");
	settings_reader_free(reader);
}

static void refused(const char *xsd, const char *text)
{
	struct settings_reader *reader;
	struct err err = {0};

	cr_assert_eq(reader_new(xsd, &reader, &err), -EINVAL);
	cr_assert_null(reader);
	cr_assert_str_eq(err.text, text);
}

Test(body_settings_xsd, schemas_that_are_none)
{
	refused("", "the schema is empty or too big");
	refused("<a>", "the schema: line 1: Premature end of data in tag a line 1");
	refused("<a/>", "the schema: line 0: The XML document 'in_memory_buffer' is not a schema document.");
	refused(XSD_HEAD "\n<xs:element/></xs:schema>",
		"the schema: line 2: Element '{http://www.w3.org/2001/XMLSchema}element': "
		"The attribute 'name' is required but missing.");
	refused(XSD_HEAD "<xs:include schemaLocation='/etc/passwd'/></xs:schema>",
		"the schema: line 1: Element '{http://www.w3.org/2001/XMLSchema}include': "
		"Failed to parse the XML resource '/etc/passwd'.");
}
