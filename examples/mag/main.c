/* SPDX-License-Identifier: BSD-2-Clause */
/* pmip-mag: settings in config.c, the engine between its backends in wiring.c, everything else in common/. */
#include "mag/wiring.h"

int main(int argc, char **argv)
{
	return daemon_main(&mag_role, argc, argv);
}
