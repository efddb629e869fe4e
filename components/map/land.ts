import 'server-only';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import atlas from 'world-atlas/countries-110m.json';

/** Natural Earth at 1:110 million, in the public domain. The file's inferred type is its numbers; its package says that it is this. */
const topology = atlas as unknown as Topology<{ countries: GeometryCollection; land: GeometryCollection }>;

export const LAND = feature(topology, topology.objects.land);

/** Lines between countries, each once, coasts left out. */
export const BORDERS = mesh(topology, topology.objects.countries, (left, right) => left !== right);
