#ifndef MM_INSPECT_HTML_FACTS_H
#define MM_INSPECT_HTML_FACTS_H

#include <stdbool.h>
#include <stddef.h>

/* What makes a document active: bits. */
enum mm_html_fact {
	MM_HTML_SCRIPT = 1,	/* a script element */
	MM_HTML_HANDLER = 2,	/* onclick and its like */
	MM_HTML_URL = 4,	/* javascript: and vbscript: */
	MM_HTML_DATA = 8,	/* a document inside of a data: URL */
	MM_HTML_ACTIVEX = 16,	/* object with a class id */
	MM_HTML_OBJECT = 32,	/* an object that a plug-in runs */
	MM_HTML_APPLET = 64,
	MM_HTML_CSS = 128,	/* expression() and behaviours */
	MM_HTML_HTA = 256,
	MM_HTML_ENTITY = 512,	/* XML entities that hold markup */
	MM_HTML_STYLESHEET = 1024, /* XSLT that runs */
};
#define MM_HTML_FACTS 11u

/* The facts of a document, as bytes that contain ASCII. In AMP mail the
 * scripts of AMP itself are no fact: mail clients bring their own. What data
 * blocks like JSON-LD hold is none either. */
unsigned int mm_html_facts(const unsigned char *data, size_t len, bool amp);

/* "script: element" and so on; i from 0 for the lowest bit. */
const char *mm_html_fact_detail(unsigned int i);

#endif
