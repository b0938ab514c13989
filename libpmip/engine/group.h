/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups of mobile nodes (RFC 6602). */
#ifndef PMIP_ENGINE_GROUP_H
#define PMIP_ENGINE_GROUP_H

/* Subtype of a Mobile Node Group Identifier: bulk binding update group. */
#define PMIP__GROUP_BULK 1
/* Identifier that stands for all sessions between an LMA and a MAG; 0 is reserved. */
#define PMIP__GROUP_ALL 1

#endif
