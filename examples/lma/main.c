/* SPDX-License-Identifier: BSD-2-Clause */
/* pmip-lma: settings in config.c, the engine between its backends in wiring.c, everything else in common/. */
#include "lma/wiring.h"

int main(int argc, char **argv)
{
	return daemon_main(&lma_role, argc, argv);
}
