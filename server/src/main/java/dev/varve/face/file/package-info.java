/// Files over HTTP: the folders of pages, scripts and pictures that an application is served with ([StaticFiles]), and
/// what stands at `/` where there are none ([Welcome]).
///
/// In: the folders of the setting `files`. Out: routes that take what no other route takes.
@NullMarked
package dev.varve.face.file;

import org.jspecify.annotations.NullMarked;
