/// Varve as a program: [Main] reads the command line and hands over to one of the commands.
///
/// The floors below are its packages; ARCHITECTURE.md lists them in the order in which imports point down.
@NullMarked
package dev.varve;

import org.jspecify.annotations.NullMarked;
