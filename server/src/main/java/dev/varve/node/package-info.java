/// One running Varve. [App] wires every stage by constructor, in the order in which data flow: it reads as the table of
/// contents. [IdentityStages] makes what signs in, [Faces] what callers talk to and the one list of every route, [Listeners] the ports. [Engine] is the part of it that commands
/// without a listener use too; [Settings] gathers the settings of all rooms.
///
/// In: a folder with a schema, settings and data. Out: a server that listens.
@NullMarked
package dev.varve.node;

import org.jspecify.annotations.NullMarked;
