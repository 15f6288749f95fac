/// Programs of others beside a running Varve: providers that its people sign in with, applications that sign people in with it, and
/// services that are sent its tokens.
@NullMarked
package dev.varve.interop;

import org.jspecify.annotations.NullMarked;
