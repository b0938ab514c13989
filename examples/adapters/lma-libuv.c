/* SPDX-License-Identifier: BSD-2-Clause */
/* An LMA in a loop of libuv; SIGTERM ends it. */
#include <pmip/adapter/libuv.h>

#include "anchor.h"

#include <signal.h>

static void on_signal(uv_signal_t *signal, int number)
{
	(void)number;
	pmip_libuv_detach(signal->data);
	uv_close((uv_handle_t *)signal, NULL); /* nothing is left in the loop: it ends */
}

int main(int argc, char **argv)
{
	struct pmip_libuv loop;
	struct anchor anchor;
	uv_signal_t end;
	uv_loop_t uv;

	if (anchor_open(&anchor, argc, argv))
		return 1;
	if (uv_loop_init(&uv) || uv_signal_init(&uv, &end) || uv_signal_start(&end, on_signal, SIGTERM) ||
	    pmip_libuv_attach(&loop, &uv, anchor.runner, NULL, NULL))
		return 1;
	end.data = &loop;
	uv_run(&uv, UV_RUN_DEFAULT);
	anchor_close(&anchor);
	return uv_loop_close(&uv) != 0;
}
