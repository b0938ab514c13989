/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names and sentences of enum pmip_err.
 */
#include <pmip/error.h>

#include "base/buf.h"

#define FATAL_FIRST (-9000) /* the class of errors after which an object is given up */
#define FATAL_LAST (-9999)

#define ROW(err, text) {PMIP_ERR_##err, "PMIP_ERR_" #err, text}

static const struct {
	enum pmip_err err;
	const char *name;
	const char *text;
} table[] = {
	ROW(SHORT, "the message is shorter than its header announces"),
	ROW(CHECKSUM, "the checksum is wrong"),
	ROW(TYPE_UNKNOWN, "the Mobility Header type is not known"),
	ROW(PAYLOAD_PROTO, "the Payload Proto is not 59"),
	ROW(HDR_LEN, "the Header Len is below the least its message type allows"),
	ROW(OPT_TRUNC, "an option runs past the end of the message"),
	ROW(OPT_LEN, "an option has a length that its format does not allow"),
	ROW(OPT_VALUE, "an option has a value that its format does not allow"),
	ROW(OPT_DUP, "an option that may stand once stands twice"),
	ROW(OPT_ORDER, "an option stands where it must not"),
	ROW(TOO_MANY, "there are more repeated options, or longer ones, than are kept"),
	ROW(NOBUF, "the message does not fit: give a larger buffer or put less into it"),
	ROW(SUBOPT_TRUNC, "a sub-option runs past the end of its option"),
	ROW(SUBOPT_LEN, "a sub-option has a length that its format does not allow"),
	ROW(SUBOPT_VALUE, "a sub-option has a value that its format does not allow"),
	ROW(SUBOPT_DUP, "a sub-option that may stand once stands twice"),
	ROW(SELECTOR_FORMAT, "the format of the traffic selector is not known"),
	ROW(COUNT, "the number of elements is not the one announced"),
	ROW(VALUE, "a field has a value that its format does not allow"),
	ROW(MISSING, "an option is missing that the message must carry"),
	ROW(HNP_MIX, "an all-zero home network prefix stands beside another one"),
	ROW(BULK_MIXED, "a message for a group carries options of one session"),
	ROW(NOENT, "there is no such entry"),
	ROW(EXIST, "there is such an entry already"),
	ROW(FULL, "a configured limit is reached: raise it, or free entries"),
	ROW(TIME, "the monotonic clock went back"),
	ROW(INVALID, "an argument is outside its range"),
	ROW(STALE, "what the caller knows is out of date; ask again first"),
	ROW(NO_PATH, "the mobile node cannot be reached another way"),
	ROW(SYNTAX, "the text cannot be read"),
	ROW(CONFIG, "the settings do not fit together"),
	ROW(DENIED, "policy forbids it"),
	ROW(AGAIN, "not now: try again when the descriptor is ready"),
	ROW(OS, "the operating system refused: the backend keeps its error"),
	ROW(UNSUPPORTED, "this kernel or build cannot do it"),
	ROW(NOMEM, "out of memory"),
	ROW(REENTRY, "called from inside one of the object's own callbacks"),
};

const char *pmip_strerror(int err)
{
	if (err >= 0)
		return "success";
	for (size_t i = 0; i < PMIP__ARRAY_SIZE(table); i++) {
		if ((int)table[i].err == err)
			return table[i].text;
	}
	return "unknown error";
}

const char *pmip_err_name(int err)
{
	if (err >= 0)
		return "PMIP_OK";
	for (size_t i = 0; i < PMIP__ARRAY_SIZE(table); i++) {
		if ((int)table[i].err == err)
			return table[i].name;
	}
	return "PMIP_ERR_UNKNOWN";
}

bool pmip_err_is_fatal(int err)
{
	return err <= FATAL_FIRST && err >= FATAL_LAST;
}
