;; The rows of a table that are near some points, four points at a time: the same additions and multiplications in the
;; same order as `findPlainly` in near-rows.ts, in f32x4. A change here needs `npm run simd` and the same change there.
;;
;; Everything lies in the one memory, at byte addresses that the caller gives:
;;   starts   f32, one for each row from $from on: how far a point may be from it, less what the point asks for
;;   centres  f32, `width` of them for each row; $scales are as many bytes behind as $behind says
;;   points   f32x4, one coordinate of four points (a group) each: all groups of the first coordinate come first
;;   tops     f32x4, one for each group: what a point asks for
;; Results: found, an i32 for each row and group that are near, (row − from) · groups + group; and sums, an f32x4 each,
;; Σⱼ ((pointⱼ − centreⱼ) · scaleⱼ)². Near is a group while one of its points has a sum ≤ start − top. How many there
;; are is returned.
(module
  (memory (import "env" "memory") 1)
  (func (export "find")
    (param $from i32) (param $to i32) (param $width i32) (param $groups i32)
    (param $starts i32) (param $centres i32) (param $behind i32)
    (param $points i32) (param $tops i32) (param $found i32) (param $sums i32)
    (result i32)
    (local $row i32) (local $group i32) (local $count i32)
    (local $first i32) (local $end i32) (local $at i32) (local $point i32) (local $stride i32) (local $pause i32)
    (local $start v128) (local $room v128) (local $sum v128) (local $z v128)
    (local.set $row (local.get $from))
    (local.set $stride (i32.shl (local.get $groups) (i32.const 4)))
    (local.set $first
      (i32.add (local.get $centres) (i32.shl (i32.mul (local.get $from) (local.get $width)) (i32.const 2))))
    (block $done
      (loop $rows
        (br_if $done (i32.ge_s (local.get $row) (local.get $to)))
        (local.set $start
          (v128.load32_splat
            (i32.add
              (local.get $starts)
              (i32.shl (i32.sub (local.get $row) (local.get $from)) (i32.const 2)))))
        (local.set $end (i32.add (local.get $first) (i32.shl (local.get $width) (i32.const 2))))
        (local.set $group (i32.const 0))
        (loop $next
          (local.set $point (i32.shl (local.get $group) (i32.const 4)))
          (local.set $room
            (f32x4.sub (local.get $start) (v128.load (i32.add (local.get $tops) (local.get $point)))))
          (local.set $point (i32.add (local.get $points) (local.get $point)))
          (local.set $sum (v128.const f32x4 0 0 0 0))
          (local.set $at (local.get $first))
          (block $far
            (loop $axes
              ;; sums never fall, so that when it is looked whether they are too large changes no result
              (local.set $pause (i32.add (local.get $at) (i32.const 16)))
              (if (i32.gt_u (local.get $pause) (local.get $end)) (then (local.set $pause (local.get $end))))
              (loop $few
                (local.set $z
                  (f32x4.mul
                    (f32x4.sub (v128.load (local.get $point)) (v128.load32_splat (local.get $at)))
                    (v128.load32_splat (i32.add (local.get $at) (local.get $behind)))))
                (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $z) (local.get $z))))
                (local.set $point (i32.add (local.get $point) (local.get $stride)))
                (br_if $few
                  (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (local.get $pause))))
              (br_if $far
                (i32.eqz (v128.any_true (f32x4.le (local.get $sum) (local.get $room)))))
              (br_if $axes (i32.lt_u (local.get $at) (local.get $end))))
            (i32.store
              (i32.add (local.get $found) (i32.shl (local.get $count) (i32.const 2)))
              (i32.add
                (i32.mul (i32.sub (local.get $row) (local.get $from)) (local.get $groups))
                (local.get $group)))
            (v128.store
              (i32.add (local.get $sums) (i32.shl (local.get $count) (i32.const 4)))
              (local.get $sum))
            (local.set $count (i32.add (local.get $count) (i32.const 1))))
          (br_if $next
            (i32.lt_s
              (local.tee $group (i32.add (local.get $group) (i32.const 1)))
              (local.get $groups))))
        (local.set $first (local.get $end))
        (local.set $row (i32.add (local.get $row) (i32.const 1)))
        (br $rows)))
    (local.get $count)))
