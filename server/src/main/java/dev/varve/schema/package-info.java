/// What a schema file means: an immutable [Schema] of models, fields, relations, indexes and rules.
///
/// The rooms inside read the file (`sdl`), read and write the values of records (`record`), and say what a changed file
/// does to stored data (`evolution`).
@NullMarked
package dev.varve.schema;

import org.jspecify.annotations.NullMarked;
