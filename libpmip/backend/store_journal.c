/* SPDX-License-Identifier: BSD-2-Clause */
/* A transaction: its check sum, the number of this beginning and the length of what follows, then for each record the lengths of key and
 * value, the key, the value. All integers are big-endian. One without records ends the journal. */
#include "config.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/store_journal.h"

enum {
	SUM = 8,                /* octets of the check sum */
	HEAD = SUM + 8 + 4,     /* of what stands before the records */
	RECORD_HEAD = 2 + 2,
	KEEP = 40 << 20,        /* octets of memory that stay when it begins anew: of one that is usual */
};

static void put_u16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static size_t get_u16(const uint8_t *at)
{
	return (size_t)at[0] << 8 | at[1];
}

static void put_u64(uint8_t *at, uint64_t value)
{
	value = htobe64(value);
	memcpy(at, &value, sizeof(value));
}

static uint64_t get_u64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return be64toh(value);
}

static uint32_t get_u32(const uint8_t *at)
{
	return (uint32_t)(get_u16(at) << 16 | get_u16(at + 2));
}

/* As FNV-1a, but by words, an eighth of the time: against writes that are torn, not against people. Each step is one-to-one, so that one word
 * that differs always shows. */
static uint64_t sum_of(const uint8_t *octets, size_t len)
{
	uint64_t sum = 0xcbf29ce484222325 ^ len, word;

	for (; len >= sizeof(word); octets += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, octets, sizeof(word));
		sum = (sum ^ le64toh(word)) * 0x100000001b3;
		sum ^= sum >> 32;
	}
	word = 0;
	memcpy(&word, octets, len);
	return (sum ^ le64toh(word)) * 0x100000001b3;
}

/* The length of the transaction that begins here; 0 = there is none that is whole and of this beginning. */
static size_t transaction_at(const struct pmip__journal *journal, size_t at)
{
	size_t left = journal->len - at, len;
	const uint8_t *head;

	if (left < HEAD)
		return 0;
	head = journal->octets + at;
	len = get_u32(head + SUM + 8);
	if (len > left - HEAD || get_u64(head + SUM) != journal->epoch || get_u64(head) != sum_of(head + SUM, HEAD - SUM + len))
		return 0;
	return HEAD + len;
}

static int reserve(struct pmip__journal *journal, size_t n)
{
	size_t cap = (journal->len + n) * 2;
	uint8_t *more;

	if (journal->len + n <= journal->cap)
		return 0;
	more = realloc(journal->octets, cap);
	if (!more)
		return PMIP_ERR_NOMEM;
	journal->octets = more;
	journal->cap = cap;
	return 0;
}

/* What the file has, up to where it is not whole any more. */
static int load(struct pmip__journal *journal)
{
	struct stat file;
	ssize_t got = 1;
	size_t len, whole = 0;

	if (fstat(journal->fd, &file) < 0)
		return PMIP_ERR_OS;
	if (reserve(journal, (size_t)file.st_size))
		return PMIP_ERR_NOMEM;
	while (got > 0 && journal->len < (size_t)file.st_size) {
		got = pread(journal->fd, journal->octets + journal->len, (size_t)file.st_size - journal->len, (off_t)journal->len);
		journal->len += got > 0 ? (size_t)got : 0;
	}
	if (got < 0)
		return PMIP_ERR_OS;
	while (!journal->ended && (len = transaction_at(journal, whole))) {
		journal->ended = len == HEAD;
		whole += len;
	}
	journal->len = whole;
	return ftruncate(journal->fd, (off_t)whole) < 0 ? PMIP_ERR_OS : 0;
}

int pmip__journal_open(struct pmip__journal *journal, int dir, const char *name, uint64_t epoch)
{
	int err;

	*journal = (struct pmip__journal){ .epoch = epoch };
	journal->fd = openat(dir, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (journal->fd < 0)
		return PMIP_ERR_OS;
	err = load(journal);
	if (err)
		pmip__journal_close(journal);
	return err;
}

void pmip__journal_close(struct pmip__journal *journal)
{
	if (journal->fd >= 0)
		close(journal->fd);
	free(journal->octets);
	*journal = (struct pmip__journal){ .fd = -1 };
}

static size_t octets_of(const struct pmip_store_op *records, size_t n)
{
	size_t octets = HEAD;

	for (size_t i = 0; i < n; i++)
		octets += RECORD_HEAD + records[i].key.len + records[i].value.len;
	return octets;
}

static void fill(const struct pmip__journal *journal, uint8_t *head, const struct pmip_store_op *records, size_t n, size_t octets)
{
	uint8_t *at = head + HEAD;

	put_u64(head + SUM, journal->epoch);
	put_u16(head + SUM + 8, (octets - HEAD) >> 16);
	put_u16(head + SUM + 10, (octets - HEAD) & 0xffff);
	for (size_t i = 0; i < n; i++) {
		put_u16(at, records[i].key.len);
		put_u16(at + 2, records[i].value.len);
		memcpy(at + RECORD_HEAD, records[i].key.data, records[i].key.len);
		if (records[i].value.len)
			memcpy(at + RECORD_HEAD + records[i].key.len, records[i].value.data, records[i].value.len);
		at += RECORD_HEAD + records[i].key.len + records[i].value.len;
	}
	put_u64(head, sum_of(head + SUM, octets - SUM));
}

int pmip__journal_append(struct pmip__journal *journal, const struct pmip_store_op *records, size_t n)
{
	size_t octets = octets_of(records, n), done = 0;
	uint8_t *head;

	if (reserve(journal, octets))
		return PMIP_ERR_NOMEM;
	head = journal->octets + journal->len;
	fill(journal, head, records, n, octets);
	while (done < octets) {
		ssize_t wrote = pwrite(journal->fd, head + done, octets - done, (off_t)(journal->len + done));

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0) /* what there is of it is not whole; the next one overwrites it */
			return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? PMIP_ERR_FULL : PMIP_ERR_OS;
		done += (size_t)wrote;
	}
	journal->len += octets;
	return 0;
}

bool pmip__journal_next(const struct pmip__journal *journal, struct pmip__journal_place *place, struct pmip_store_op *record)
{
	const uint8_t *head;

	if (place->at == place->end) {
		if (place->at == journal->len)
			return false;
		place->end += HEAD + get_u32(journal->octets + place->at + SUM + 8);
		place->at += HEAD;
		if (place->at == place->end)
			return false; /* its end */
	}
	head = journal->octets + place->at;
	*record = (struct pmip_store_op){ .key = { head + RECORD_HEAD, get_u16(head) } };
	record->value = (struct pmip_bytes){ head + RECORD_HEAD + record->key.len, get_u16(head + 2) };
	place->at += RECORD_HEAD + record->key.len + record->value.len;
	return true;
}

int pmip__journal_end(struct pmip__journal *journal)
{
	int err = journal->ended ? 0 : pmip__journal_append(journal, NULL, 0);

	journal->ended = journal->ended || !err;
	return err;
}

void pmip__journal_restart(struct pmip__journal *journal, bool goes_on)
{
	bool keeps = goes_on && journal->cap <= KEEP;

	/* What is there is told by its number, also if this fails. */
	if (!keeps && ftruncate(journal->fd, 0) < 0)
		errno = 0;
	if (!keeps) {
		free(journal->octets);
		journal->octets = NULL;
		journal->cap = 0;
	}
	journal->len = 0;
	journal->ended = false;
	journal->epoch += 2;
}
