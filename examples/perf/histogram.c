/* SPDX-License-Identifier: BSD-2-Clause */
/* Cells of one width below 2^7, and from there on 64 of them for each power of two. */
#include "perf/histogram.h"

static unsigned int cell_of(uint64_t value)
{
	unsigned int shift;

	if (value >> HISTOGRAM_MAX_BITS)
		return HISTOGRAM_CELLS - 1;
	if (value >> HISTOGRAM_SUB_BITS == 0)
		return (unsigned int)value;
	shift = 63 - (unsigned int)__builtin_clzll(value) - HISTOGRAM_SUB_BITS;
	return (shift << HISTOGRAM_SUB_BITS) + (unsigned int)(value >> shift);
}

/* The largest value of a cell. */
static uint64_t top_of(unsigned int cell)
{
	unsigned int shift = cell >> HISTOGRAM_SUB_BITS;

	if (shift < 2)
		return cell;
	shift--;
	return ((cell - ((uint64_t)shift << HISTOGRAM_SUB_BITS) + 1) << shift) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t value)
{
	if (histogram->count == 0 || value < histogram->min)
		histogram->min = value;
	if (value > histogram->max)
		histogram->max = value;
	histogram->count++;
	histogram->cells[cell_of(value)]++;
}

void histogram_merge(struct histogram *histogram, const struct histogram *other)
{
	if (other->count > 0 && (histogram->count == 0 || other->min < histogram->min))
		histogram->min = other->min;
	if (other->max > histogram->max)
		histogram->max = other->max;
	histogram->count += other->count;
	for (unsigned int cell = 0; cell < HISTOGRAM_CELLS; cell++)
		histogram->cells[cell] += other->cells[cell];
}

uint64_t histogram_permille(const struct histogram *histogram, unsigned int permille)
{
	uint64_t wanted = histogram->count / 1000 * permille + (histogram->count % 1000 * permille + 999) / 1000, seen = 0;

	for (unsigned int cell = 0; cell < HISTOGRAM_CELLS; cell++) {
		seen += histogram->cells[cell];
		if (seen >= wanted && seen > 0)
			return top_of(cell) < histogram->max && cell < HISTOGRAM_CELLS - 1 ? top_of(cell) : histogram->max;
	}
	return 0;
}
