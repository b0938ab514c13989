/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * What marks the public symbols of libflowmob.
 */
#ifndef FLOWMOB_API_H
#define FLOWMOB_API_H

/** Marks a symbol that libflowmob exports. */
#if defined(__GNUC__)
#define FLOWMOB_API __attribute__((visibility("default")))
#else
#define FLOWMOB_API
#endif

#endif
