/// Where the hosts of a service are at the moment, when that is not written in `varve.yaml`: name servers and files are asked,
/// again and again. Knows nothing of connections.
///
/// In: `discovery` of a service ([DiscoverySettings]). Out: the hosts that there are now ([Findings]), or why nobody knows
/// ([DiscoveryFailure]).
///
/// | step | classes |
/// |---|---|
/// | one host, by whatever way it is found | [HostPlace], [HostEntry] |
/// | somebody is asked once | [HostSource]: [ServiceRecords] and [AddressRecords] over [NameServers], [HostsFile] |
/// | and again, as long as the service is served; what was heard last holds until something better is | [HostSearch] |
///
/// Addresses that are found are held against the same rules as others when they are connected to: `face.gateway.upstream`.
@NullMarked
package dev.varve.face.gateway.discovery;

import org.jspecify.annotations.NullMarked;
