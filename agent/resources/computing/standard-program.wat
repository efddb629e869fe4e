;; The standard program: what a computer's score is measured by. Half a million rounds of 64-bit integer and floating-point work over a page of memory.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (func (export "_start") (local $i i32) (local $x i64) (local $f f64)
    (local.set $x (i64.const 88172645463325252))
    (local.set $f (f64.const 1))
    (loop $round
      ;; xorshift64, its low bits an address
      (local.set $x (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 13))))
      (local.set $x (i64.xor (local.get $x) (i64.shr_u (local.get $x) (i64.const 7))))
      (local.set $x (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 17))))
      (local.set $f (f64.add (f64.mul (local.get $f) (f64.const 0.999999)) (f64.convert_i64_u (i64.and (local.get $x) (i64.const 1023)))))
      (f64.store offset=65536 (i32.wrap_i64 (i64.and (local.get $x) (i64.const 0xfff8))) (local.get $f))
      (local.set $f (f64.add (local.get $f) (f64.sqrt (f64.load offset=65536 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $x) (i64.const 20)) (i64.const 0xfff8)))))))
      (br_if $round (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 500000))))
    ;; The result leaves, so that no compiler takes the work for idle.
    (f64.store (i32.const 64) (local.get $f))
    (i32.store (i32.const 8) (i32.const 64))
    (i32.store (i32.const 12) (i32.const 8))
    (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))
