/// The command line, and [App], which wires every stage in flow order.
@NullMarked
package dev.varve;

import org.jspecify.annotations.NullMarked;
