/* SPDX-License-Identifier: BSD-2-Clause */
/* A few names with a few selectors each: an array is walked when rules are made and for the first packet of a flow, never for each. */
#include <flowmob/applications.h>

#include <string.h>

#include "base/mem.h"
#include "libflowmob/selector.h"

struct application {
	char name[FLOWMOB_APPLICATION_STRLEN];
	struct pmip_selector *selectors;
	size_t count, cap;
};

struct flowmob_applications {
	struct pmip_mem mem;
	struct application *list;
	size_t count, cap;
};

int flowmob_applications_new(struct flowmob_applications **applications, const struct pmip_mem *mem)
{
	struct pmip_mem resolved = pmip__mem_resolve(mem);
	struct flowmob_applications *made = pmip__mem_alloc(&resolved, sizeof(*made));

	if (made == NULL)
		return PMIP_ERR_NOMEM;
	made->mem = resolved;
	*applications = made;
	return 0;
}

void flowmob_applications_free(struct flowmob_applications *applications)
{
	if (applications == NULL)
		return;
	for (size_t i = 0; i < applications->count; i++)
		pmip__mem_free(&applications->mem, applications->list[i].selectors);
	pmip__mem_free(&applications->mem, applications->list);
	pmip__mem_free(&applications->mem, applications);
}

static struct application *find(const struct flowmob_applications *applications, const char *name)
{
	for (size_t i = 0; i < applications->count; i++)
		if (strcmp(applications->list[i].name, name) == 0)
			return &applications->list[i];
	return NULL;
}

static int append(const struct pmip_mem *mem, struct application *application, const struct pmip_selector *selector)
{
	void *selectors = application->selectors;
	int err = pmip__mem_grow(mem, &selectors, &application->cap, application->count + 1, sizeof(*selector));

	application->selectors = selectors;
	if (err == 0)
		application->selectors[application->count++] = *selector;
	return err;
}

static int begin(struct flowmob_applications *applications, const char *name, const struct pmip_selector *selector)
{
	struct application made = {.count = 0};
	void *list = applications->list;
	int err = pmip__mem_grow(&applications->mem, &list, &applications->cap, applications->count + 1, sizeof(made));

	applications->list = list;
	if (err == 0)
		err = append(&applications->mem, &made, selector);
	if (err < 0)
		return err;
	memcpy(made.name, name, strlen(name));
	applications->list[applications->count++] = made;
	return 0;
}

int flowmob_applications_add(struct flowmob_applications *applications, const char *name, const struct pmip_selector *selector)
{
	struct application *application = find(applications, name);
	struct flowmob__selector compiled;
	size_t len = strlen(name);
	int err;

	if (len == 0 || len >= FLOWMOB_APPLICATION_STRLEN)
		return PMIP_ERR_INVALID;
	err = flowmob__selector_compile(&compiled, selector, FLOWMOB_DOWNLINK);
	if (err < 0)
		return err;
	if (application != NULL)
		return append(&applications->mem, application, selector);
	return begin(applications, name, selector);
}

int flowmob_applications_del(struct flowmob_applications *applications, const char *name)
{
	struct application *application = find(applications, name);

	if (application == NULL)
		return PMIP_ERR_NOENT;
	pmip__mem_free(&applications->mem, application->selectors);
	applications->count--;
	memmove(application, application + 1, (size_t)(applications->list + applications->count - application) * sizeof(*application));
	return 0;
}

int flowmob_applications_get(const struct flowmob_applications *applications, const struct pmip_selector **selectors, size_t *count,
			     const char *name)
{
	const struct application *application = find(applications, name);

	if (application == NULL)
		return PMIP_ERR_NOENT;
	*selectors = application->selectors;
	*count = application->count;
	return 0;
}

const char *flowmob_applications_match(const struct flowmob_applications *applications, const struct flowmob_packet *packet)
{
	for (size_t i = 0; i < applications->count; i++)
		for (size_t k = 0; k < applications->list[i].count; k++)
			if (flowmob_selector_match(&applications->list[i].selectors[k], FLOWMOB_DOWNLINK, packet) == 1)
				return applications->list[i].name;
	return NULL;
}
