/// The one place where an answer takes its compressed form, whoever made it ([Compression]), and what sets it
/// ([CompressionSettings]).
///
/// In: the headers of a request, and its answer. Out: the answer as this client takes it.
@NullMarked
package dev.varve.net.compression;

import org.jspecify.annotations.NullMarked;
