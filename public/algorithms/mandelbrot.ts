// A part of the Mandelbrot set as a picture. Input: one line "left top right bottom width height", such as "-2 1.2 1 -1.2 640 512"; the argument
// is the most rounds of a point (500 without one). Output: a BMP, 24 bits a point. A task of many lines makes a picture in tiles.
import { fail, readArguments, readInput, writeOutput } from "./wasi";

const HEADER: i32 = 54;
const SIDE_MAX: f64 = 4096;

function paint(rounds: i32, most: i32, pixels: Uint8Array, at: i32): void {
  // Inside is dark; outside the colour follows how soon the point left.
  if (rounds == most) return;
  const share = Math.sqrt(<f64>rounds / <f64>most);
  pixels[at] = <u8>(255.0 * Math.min(1.0, 0.35 + share));
  pixels[at + 1] = <u8>(255.0 * share);
  pixels[at + 2] = <u8>(255.0 * share * share);
}

function roundsOf(x: f64, y: f64, most: i32): i32 {
  let a: f64 = 0;
  let b: f64 = 0;
  let round = 0;
  while (round < most) {
    const aa = a * a;
    const bb = b * b;
    if (aa + bb > 4.0) break;
    b = 2.0 * a * b + y;
    a = aa - bb + x;
    round++;
  }
  return round;
}

function number(text: string, what: string): f64 {
  const value = parseFloat(text);
  if (isNaN(value)) fail(what + " is not a number");
  return value;
}

const input = readInput();
const words = String.UTF8.decode(input.buffer.slice(input.byteOffset, input.byteOffset + input.byteLength)).trim().split(" ");
if (words.length != 6) fail("the input has to be six numbers: left top right bottom width height");
const left = number(words[0], "left");
const top = number(words[1], "top");
const right = number(words[2], "right");
const bottom = number(words[3], "bottom");
const wide = number(words[4], "width");
const high = number(words[5], "height");
if (!(wide >= 1 && wide <= SIDE_MAX && high >= 1 && high <= SIDE_MAX)) fail("width and height have to be from 1 to 4096");
const width = <i32>wide;
const height = <i32>high;
const given = readArguments();
const most = given.length > 0 ? <i32>number(given[0], "the argument") : 500;
if (most < 1 || most > 100000) fail("the most rounds have to be from 1 to 100000");

const row = (width * 3 + 3) & ~3;
const picture = new Uint8Array(HEADER + row * height);
const view = picture.dataStart;
store<u16>(view, 0x4d42);
store<u32>(view, <u32>picture.length, 2);
store<u32>(view, HEADER, 10);
store<u32>(view, 40, 14);
store<i32>(view, width, 18);
store<i32>(view, -height, 22);
store<u16>(view, 1, 26);
store<u16>(view, 24, 28);
for (let y = 0; y < height; y++) {
  for (let x = 0; x < width; x++) {
    const re = left + ((right - left) * (<f64>x + 0.5)) / <f64>width;
    const im = top + ((bottom - top) * (<f64>y + 0.5)) / <f64>height;
    paint(roundsOf(re, im, most), most, picture, HEADER + y * row + x * 3);
  }
}
writeOutput(picture);
