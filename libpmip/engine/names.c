/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of events and states, for people and for JSON. */
#include <pmip/action.h>
#include <pmip/binding.h>

const char *pmip_event_name(enum pmip_event_type type)
{
	static const char *const names[] = {
		[PMIP_EVENT_ATTACHED] = "attached",
		[PMIP_EVENT_DETACHED] = "detached",
		[PMIP_EVENT_BINDING_ADDED] = "binding-added",
		[PMIP_EVENT_BINDING_MOVED] = "binding-moved",
		[PMIP_EVENT_BINDING_REFRESHED] = "binding-refreshed",
		[PMIP_EVENT_BINDING_RELEASED] = "binding-released",
		[PMIP_EVENT_BINDING_REMOVED] = "binding-removed",
		[PMIP_EVENT_REFUSED] = "refused",
		[PMIP_EVENT_MALFORMED] = "malformed",
		[PMIP_EVENT_DATAPATH_FAILED] = "datapath-failed",
		[PMIP_EVENT_STORE_FAILED] = "store-failed",
		[PMIP_EVENT_UNANSWERED] = "unanswered",
		[PMIP_EVENT_IGNORED] = "ignored",
		[PMIP_EVENT_PBU_SENT] = "pbu-sent",
		[PMIP_EVENT_PEER_UNREACHABLE] = "peer-unreachable",
		[PMIP_EVENT_PEER_REACHABLE] = "peer-reachable",
		[PMIP_EVENT_PEER_RESTARTED] = "peer-restarted",
		[PMIP_EVENT_REVOCATION_SENT] = "revocation-sent",
		[PMIP_EVENT_REVOKED] = "revoked",
		[PMIP_EVENT_REVOCATION_FAILED] = "revocation-failed",
		[PMIP_EVENT_UPDATE_SENT] = "update-sent",
		[PMIP_EVENT_UPDATE_FAILED] = "update-failed",
		[PMIP_EVENT_FLOW_ADDED] = "flow-added",
		[PMIP_EVENT_FLOW_MOVED] = "flow-moved",
		[PMIP_EVENT_FLOW_MOVE_FAILED] = "flow-move-failed",
		[PMIP_EVENT_FLOW_REMOVED] = "flow-removed",
		[PMIP_EVENT_REDIRECTED] = "redirected",
		[PMIP_EVENT_REDIRECT_FAILED] = "redirect-failed",
		[PMIP_EVENT_GROUP_REFRESHED] = "group-refreshed",
		[PMIP_EVENT_GROUP_RELEASED] = "group-released",
		[PMIP_EVENT_RENUMBERED] = "renumbered",
		[PMIP_EVENT_VENDOR] = "vendor",
		[PMIP_EVENT_ACCESS_NETWORK] = "access-network",
		[PMIP_EVENT_IPV4_REFUSED] = "ipv4-refused",
		[PMIP_EVENT_TOLERATED] = "tolerated",
	};

	return (size_t)type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL;
}

const char *pmip_binding_state_name(enum pmip_binding_state state)
{
	static const char *const names[] = {
		[PMIP_BINDING_REGISTERING] = "registering",
		[PMIP_BINDING_ACTIVE] = "active",
		[PMIP_BINDING_DELETE_WAIT] = "delete-wait",
		[PMIP_BINDING_REFRESHING] = "refreshing",
		[PMIP_BINDING_DEREGISTERING] = "deregistering",
		[PMIP_BINDING_DENIED] = "denied",
	};

	return (size_t)state < sizeof(names) / sizeof(names[0]) ? names[state] : NULL;
}
