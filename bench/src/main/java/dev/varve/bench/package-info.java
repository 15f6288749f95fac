/// Measures a whole Varve server over HTTP against limits measured in the same run.
@NullMarked
package dev.varve.bench;

import org.jspecify.annotations.NullMarked;
