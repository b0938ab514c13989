/* SPDX-License-Identifier: BSD-2-Clause */
/* A persistent TAP device without a reader, by /dev/net/tun. It has no carrier, no ARP and no
 * address, so the kernel says nothing on it by itself; routes over it work all the same as
 * long as ignore_routes_with_linkdown is 0. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>

#include "backend/backend_log.h"
#include "backend/guard_tap.h"
#include "backend/if_sysctl.h"

static const char area[] = "bpf";

static void name_request(struct ifreq *request, const char *name)
{
	memset(request, 0, sizeof(*request));
	snprintf(request->ifr_name, sizeof(request->ifr_name), "%s", name);
}

static int failed(const struct pmip_log *log, const char *name, const char *what)
{
	int error = errno;

	pmip__backend_log(
		log, PMIP_LOG_ERROR, area, "cannot %s device %s: %s%s", what, name, strerror(error),
		error == EPERM || error == EACCES ? "; run as root or with CAP_NET_ADMIN" : "");
	return PMIP_ERR_OS;
}

/* A TAP device of that name, made if there is none, held open. @return its file descriptor */
static int tap_open(const char *name, const struct pmip_log *log)
{
	struct ifreq request;
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	if (fd < 0 && (errno == ENOENT || errno == ENODEV || errno == ENXIO)) {
		pmip__backend_log(log, PMIP_LOG_WARN, area,
				  "no /dev/net/tun: modprobe tun, or use the netlink datapath");
		return PMIP_ERR_UNSUPPORTED;
	}
	if (fd < 0)
		return failed(log, name, "open /dev/net/tun for");
	name_request(&request, name);
	request.ifr_flags = IFF_TAP | IFF_NO_PI;
	if (ioctl(fd, TUNSETIFF, &request) < 0) {
		int err = failed(log, name, "make");

		close(fd);
		return err;
	}
	return fd;
}

/* What an interface's driver says of itself. @return whether it does */
static bool driver_of(int sock, const char *name, struct ethtool_drvinfo *info)
{
	struct ifreq request;

	*info = (struct ethtool_drvinfo){ .cmd = ETHTOOL_GDRVINFO };
	name_request(&request, name);
	request.ifr_data = (char *)info;
	return ioctl(sock, SIOCETHTOOL, &request) == 0;
}

/* Whether an interface of that name is a TAP device. */
static bool is_tap(int sock, const char *name)
{
	struct ethtool_drvinfo info;

	return driver_of(sock, name, &info) && !strcmp(info.driver, "tun") && !strcmp(info.bus_info, "tap");
}

/* Before it comes up: no address, nothing learnt; forwarding, because the programs ask the kernel's
 * routing in its name. */
static int configure(int sock, const char *name, uint32_t mtu, const struct pmip_log *log)
{
	struct ifreq request;

	if (pmip__if_sysctl_set("ipv6/conf", name, "addr_gen_mode", 1) < 0 ||
	    pmip__if_sysctl_set("ipv6/conf", name, "accept_ra", 0) < 0 ||
	    pmip__if_sysctl_set("ipv6/conf", name, "ignore_routes_with_linkdown", 0) < 0 ||
	    pmip__if_sysctl_set("ipv6/conf", name, "forwarding", 1) < 0 ||
	    pmip__if_sysctl_set("ipv4/conf", name, "ignore_routes_with_linkdown", 0) < 0)
		return failed(log, name, "write /proc/sys/net/*/conf for");
	name_request(&request, name);
	request.ifr_mtu = (int)mtu;
	if (pmip__guard_mtu_of(name) != mtu && ioctl(sock, SIOCSIFMTU, &request) < 0)
		return failed(log, name, "set the MTU of");
	name_request(&request, name);
	if (ioctl(sock, SIOCGIFFLAGS, &request) < 0)
		return failed(log, name, "read the flags of");
	request.ifr_flags = (short)(request.ifr_flags | IFF_UP | IFF_NOARP);
	if (ioctl(sock, SIOCSIFFLAGS, &request) < 0)
		return failed(log, name, "bring up");
	return 0;
}

int pmip__guard_tap_make(const char *name, uint32_t mtu, unsigned int *ifindex,
			 const struct pmip_log *log)
{
	int sock = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int fd = -1, err;
	bool made = false;

	if (sock < 0)
		return failed(log, name, "open a socket for");
	if (!if_nametoindex(name)) {
		fd = tap_open(name, log);
		err = fd;
		if (fd < 0)
			goto out;
		made = true;
		if (ioctl(fd, TUNSETPERSIST, 1) < 0) {
			err = failed(log, name, "keep");
			goto out;
		}
	} else if (!is_tap(sock, name)) {
		pmip__backend_log(log, PMIP_LOG_ERROR, area,
				  "interface %s is there and not ours; remove it or set another "
				  "device_prefix",
				  name);
		err = PMIP_ERR_CONFIG;
		goto out;
	}
	*ifindex = if_nametoindex(name);
	err = configure(sock, name, mtu, log);
out:
	if (fd >= 0)
		close(fd);
	close(sock);
	if (err < 0 && made)
		pmip__guard_tap_remove(name, log);
	return err < 0 ? err : 0;
}

void pmip__guard_tap_remove(const char *name, const struct pmip_log *log)
{
	int fd;

	if (!if_nametoindex(name))
		return;
	fd = tap_open(name, log);
	if (fd < 0)
		return;
	ioctl(fd, TUNSETPERSIST, 0);
	close(fd);
}

/* An abstract socket's name is bound for as long as the process lives, per network namespace.
 * @return file descriptor, or -1 */
static int name_socket(const char *kind, const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int n = snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1, "pmip-datapath/%s/%s", kind,
			 name);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 &&
	    bind(fd, (const struct sockaddr *)&addr,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n)) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

int pmip__guard_lock(struct pmip__guard_lock *lock, const char *device, uint8_t protocol,
		     const struct pmip_log *log)
{
	char number[4];

	snprintf(number, sizeof(number), "%u", protocol);
	lock->device = name_socket("device", device);
	lock->protocol = name_socket("protocol", number);
	if (lock->device >= 0 && lock->protocol >= 0)
		return 0;
	pmip__backend_log(log, PMIP_LOG_ERROR, area,
			  "another process here has %s %s; stop it, or give this one another "
			  "device_prefix, route_protocol, table and rule_priority",
			  lock->device < 0 ? "device" : "route protocol",
			  lock->device < 0 ? device : number);
	pmip__guard_unlock(lock);
	return PMIP_ERR_CONFIG;
}

void pmip__guard_unlock(struct pmip__guard_lock *lock)
{
	if (lock->device >= 0)
		close(lock->device);
	if (lock->protocol >= 0)
		close(lock->protocol);
	*lock = (struct pmip__guard_lock){ -1, -1 };
}

uint32_t pmip__guard_mtu_of(const char *name)
{
	struct ifreq request;
	int sock = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint32_t mtu = 0;

	if (sock < 0)
		return 0;
	name_request(&request, name);
	if (ioctl(sock, SIOCGIFMTU, &request) == 0)
		mtu = (uint32_t)request.ifr_mtu;
	close(sock);
	return mtu;
}

bool pmip__guard_is_veth(const char *name)
{
	struct ethtool_drvinfo info;
	int sock = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool is;

	if (sock < 0)
		return false;
	is = driver_of(sock, name, &info) && !strcmp(info.driver, "veth");
	close(sock);
	return is;
}
