/* SPDX-License-Identifier: BSD-2-Clause */
/* IPsec for one raw socket, by two policies of its own: what it takes in and what it sends must have gone
 * through a security association of ESP in transport mode with our request id (RFC 5213 section 4.1).
 *
 * The selector of the policies is protocol 135 with all its message types: everything that the engines say
 * is protected, so no type is left to pass without (SEC-2). The two addresses are in the selector of each
 * security association, which the kernel compares with every packet it has taken out of one: without
 * them whoever has an association could speak for anybody. Neither a Home Address option nor a type 2
 * routing header takes part.
 *
 * A socket's policies come before those of the machine and end with the socket. Security associations
 * are made by somebody else, an IKE daemon or an administrator; the request id tells the kernel which
 * ones are meant for us. The kernel drops what comes unprotected before the socket sees it. */
#include "ipsec.h"

#include <inttypes.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <pmip/io.h>

#include "os.h"

#define AREA "io"
#define STATISTICS "/proc/net/xfrm_stat"

struct probe {
	struct nlmsghdr head;
	struct xfrm_usersa_info sa;
	struct nlattr attr;
	struct xfrm_algo auth;
};

/* Whether the kernel has ESP for IPv6, and IPsec at all; loads its modules. There is no question for
 * that, so ask for a security association that cannot be: one without encryption is refused, but not
 * before the kernel has looked for ESP. */
static bool kernel_has_esp(int fd)
{
	struct probe probe = {
		.head = {.nlmsg_len = sizeof(probe),
			 .nlmsg_type = XFRM_MSG_NEWSA,
			 .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
		.sa = {.id = {.daddr.in6 = IN6ADDR_LOOPBACK_INIT, .spi = htonl(0x5213), .proto = IPPROTO_ESP},
		       .family = AF_INET6,
		       .mode = XFRM_MODE_TRANSPORT},
		.attr = {.nla_len = sizeof(probe.attr) + sizeof(probe.auth), .nla_type = XFRMA_ALG_AUTH},
		.auth = {.alg_name = "digest_null"},
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
		struct probe quoted;
	} reply;

	return send(fd, &probe, sizeof(probe), 0) == (ssize_t)sizeof(probe) &&
	       recv(fd, &reply, sizeof(reply), 0) >= (ssize_t)NLMSG_LENGTH(sizeof(reply.err)) &&
	       reply.err.error != -EPROTONOSUPPORT;
}

static int look_for_esp(const struct pmip_log *log)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_XFRM);
	bool there = fd >= 0 && kernel_has_esp(fd);

	if (fd >= 0)
		close(fd);
	if (there)
		return 0;
	pmip__backend_log(log, PMIP_LOG_ERROR, AREA,
			  "cannot protect messages: this kernel has no IPsec ESP for IPv6; install its "
			  "modules xfrm_user and esp6 (CONFIG_XFRM_USER, CONFIG_INET6_ESP), or another kernel");
	return PMIP_ERR_OS;
}

static int set_policy(int fd, uint8_t direction)
{
	static const struct xfrm_lifetime_cfg for_ever = {
		.soft_byte_limit = XFRM_INF,
		.hard_byte_limit = XFRM_INF,
		.soft_packet_limit = XFRM_INF,
		.hard_packet_limit = XFRM_INF,
	};
	const struct {
		struct xfrm_userpolicy_info policy;
		struct xfrm_user_tmpl esp;
	} want = {
		.policy = {.sel = {.family = AF_INET6, .proto = IPPROTO_MH},
			   .lft = for_ever,
			   .dir = direction,
			   .action = XFRM_POLICY_ALLOW},
		.esp = {.id.proto = IPPROTO_ESP,
			.family = AF_INET6,
			.reqid = PMIP_IO_REQID,
			.mode = XFRM_MODE_TRANSPORT,
			.aalgos = UINT32_MAX,
			.ealgos = UINT32_MAX,
			.calgos = UINT32_MAX},
	};

	return setsockopt(fd, IPPROTO_IPV6, IPV6_XFRM_POLICY, &want, sizeof(want));
}

/* SEC-1, SEC-2, SEC-4, LMA-1. */
int pmip__ipsec_require(int fd, const struct pmip_log *log)
{
	char octet;
	int err = look_for_esp(log);

	if (err)
		return err;
	if (set_policy(fd, XFRM_POLICY_IN) < 0 || set_policy(fd, XFRM_POLICY_OUT) < 0) {
		pmip__backend_log(log, PMIP_LOG_ERROR, AREA,
				  "cannot set IPsec policies: %s; run as root or with CAP_NET_ADMIN",
				  strerror(errno));
		return PMIP_ERR_OS;
	}
	while (recv(fd, &octet, sizeof(octet), MSG_DONTWAIT) >= 0)
		;
	return 0;
}

uint64_t pmip__ipsec_unprotected(void)
{
	FILE *file = fopen(STATISTICS, "re");
	uint64_t value, sum = 0;
	unsigned int found = 0;
	char name[64];

	if (!file)
		return UINT64_MAX;
	while (fscanf(file, "%63s %" SCNu64, name, &value) == 2) {
		if (strcmp(name, "XfrmInTmplMismatch") != 0 && strcmp(name, "XfrmInStateMismatch") != 0)
			continue;
		sum += value;
		found++;
	}
	fclose(file);
	return found == 2 ? sum : UINT64_MAX;
}
