// SPDX-License-Identifier: Apache-2.0
// XCVsimd: lanes of 16 (_h) and 8 bits (_b); _sc: operand 2 is lane 0 of b in every lane; _sci: the
// immediate in every lane. Included by intrinsics.h.
#pragma once
// clang-format off

#define FB_SIMD(name)                            \
  FB_OP2(cv_##name##_h, "cv." #name ".h")        \
  FB_OP2(cv_##name##_sc_h, "cv." #name ".sc.h")  \
  FB_OP1I(cv_##name##_sci_h, "cv." #name ".sci.h") \
  FB_OP2(cv_##name##_b, "cv." #name ".b")        \
  FB_OP2(cv_##name##_sc_b, "cv." #name ".sc.b")  \
  FB_OP1I(cv_##name##_sci_b, "cv." #name ".sci.b")
#define FB_SIMD_ACC(name)                          \
  FB_ACC2(cv_##name##_h, "cv." #name ".h")         \
  FB_ACC2(cv_##name##_sc_h, "cv." #name ".sc.h")   \
  FB_ACC1I(cv_##name##_sci_h, "cv." #name ".sci.h") \
  FB_ACC2(cv_##name##_b, "cv." #name ".b")         \
  FB_ACC2(cv_##name##_sc_b, "cv." #name ".sc.b")   \
  FB_ACC1I(cv_##name##_sci_b, "cv." #name ".sci.b")

FB_SIMD(add)
FB_SIMD(sub)
FB_SIMD(avg)
FB_SIMD(avgu)
FB_SIMD(min)
FB_SIMD(minu)
FB_SIMD(max)
FB_SIMD(maxu)
FB_SIMD(srl)
FB_SIMD(sra)
FB_SIMD(sll)
FB_SIMD(or)
FB_SIMD(xor)
FB_SIMD(and)
FB_SIMD(cmpeq)
FB_SIMD(cmpne)
FB_SIMD(cmpgt)
FB_SIMD(cmpge)
FB_SIMD(cmplt)
FB_SIMD(cmple)
FB_SIMD(cmpgtu)
FB_SIMD(cmpgeu)
FB_SIMD(cmpltu)
FB_SIMD(cmpleu)
FB_OP1(cv_abs_h, "cv.abs.h")
FB_OP1(cv_abs_b, "cv.abs.b")

// Dot products; s…: added to d. usp: a unsigned, b signed.
FB_SIMD(dotup)
FB_SIMD(dotusp)
FB_SIMD(dotsp)
FB_SIMD_ACC(sdotup)
FB_SIMD_ACC(sdotusp)
FB_SIMD_ACC(sdotsp)

// Lanes in and out, shuffles, packs
FB_OP1I(cv_extract_h, "cv.extract.h")
FB_OP1I(cv_extract_b, "cv.extract.b")
FB_OP1I(cv_extractu_h, "cv.extractu.h")
FB_OP1I(cv_extractu_b, "cv.extractu.b")
FB_ACC1I(cv_insert_h, "cv.insert.h")
FB_ACC1I(cv_insert_b, "cv.insert.b")
FB_OP2(cv_shuffle_h, "cv.shuffle.h")
FB_OP2(cv_shuffle_b, "cv.shuffle.b")
FB_OP1I(cv_shuffle_sci_h, "cv.shuffle.sci.h")
FB_OP1I(cv_shufflei0_sci_b, "cv.shufflei0.sci.b")
FB_OP1I(cv_shufflei1_sci_b, "cv.shufflei1.sci.b")
FB_OP1I(cv_shufflei2_sci_b, "cv.shufflei2.sci.b")
FB_OP1I(cv_shufflei3_sci_b, "cv.shufflei3.sci.b")
FB_ACC2(cv_shuffle2_h, "cv.shuffle2.h")
FB_ACC2(cv_shuffle2_b, "cv.shuffle2.b")
FB_OP2(cv_pack, "cv.pack")
FB_OP2(cv_pack_h, "cv.pack.h")
FB_ACC2(cv_packhi_b, "cv.packhi.b")
FB_ACC2(cv_packlo_b, "cv.packlo.b")

// Complex numbers: real part in lane 0, imaginary part in lane 1
FB_ACC2(cv_cplxmul_r, "cv.cplxmul.r")
FB_ACC2(cv_cplxmul_r_div2, "cv.cplxmul.r.div2")
FB_ACC2(cv_cplxmul_r_div4, "cv.cplxmul.r.div4")
FB_ACC2(cv_cplxmul_r_div8, "cv.cplxmul.r.div8")
FB_ACC2(cv_cplxmul_i, "cv.cplxmul.i")
FB_ACC2(cv_cplxmul_i_div2, "cv.cplxmul.i.div2")
FB_ACC2(cv_cplxmul_i_div4, "cv.cplxmul.i.div4")
FB_ACC2(cv_cplxmul_i_div8, "cv.cplxmul.i.div8")
FB_OP1(cv_cplxconj, "cv.cplxconj")
FB_OP2(cv_subrotmj, "cv.subrotmj")
FB_OP2(cv_subrotmj_div2, "cv.subrotmj.div2")
FB_OP2(cv_subrotmj_div4, "cv.subrotmj.div4")
FB_OP2(cv_subrotmj_div8, "cv.subrotmj.div8")
FB_OP2(cv_add_div2, "cv.add.div2")
FB_OP2(cv_add_div4, "cv.add.div4")
FB_OP2(cv_add_div8, "cv.add.div8")
FB_OP2(cv_sub_div2, "cv.sub.div2")
FB_OP2(cv_sub_div4, "cv.sub.div4")
FB_OP2(cv_sub_div8, "cv.sub.div8")

#undef FB_SIMD
#undef FB_SIMD_ACC
