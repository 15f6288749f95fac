/// The command line, one class a command.
///
/// In: arguments, and the folder of an application ([AppFolder]). Out: lines for people, and an exit code. What the user
/// can mend is thrown as a [dev.varve.kernel.UserMistake], which Main prints. To add a command, write a class here,
/// list it in Main, and describe it in docs/reference/cli.md.
@NullMarked
package dev.varve.command;

import org.jspecify.annotations.NullMarked;
