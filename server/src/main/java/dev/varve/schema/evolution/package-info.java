/// What a changed schema file does to stored data: the changes in the order in which they are applied, or why not
/// ([Evolution]); and what the names of older files mean now ([SchemaHistory]).
@NullMarked
package dev.varve.schema.evolution;

import org.jspecify.annotations.NullMarked;
