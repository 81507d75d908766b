// SPDX-License-Identifier: Apache-2.0
// XCValu, XCVbitmanip, XCVmac: one function per instruction, named after it. Included by
// intrinsics.h.
#pragma once
// clang-format off

// XCValu
FB_OP1(cv_abs, "cv.abs")
FB_OP2(cv_slet, "cv.slet")
FB_OP2(cv_sletu, "cv.sletu")
FB_OP2(cv_min, "cv.min")
FB_OP2(cv_minu, "cv.minu")
FB_OP2(cv_max, "cv.max")
FB_OP2(cv_maxu, "cv.maxu")
FB_OP1(cv_exths, "cv.exths")
FB_OP1(cv_exthz, "cv.exthz")
FB_OP1(cv_extbs, "cv.extbs")
FB_OP1(cv_extbz, "cv.extbz")
FB_OP1I(cv_clip, "cv.clip")    // to [-2^(imm-1), 2^(imm-1) - 1]
FB_OP1I(cv_clipu, "cv.clipu")  // to [0, 2^(imm-1) - 1]
FB_OP2(cv_clipr, "cv.clipr")
FB_OP2(cv_clipur, "cv.clipur")
// (a ± b) >> imm; r: rounded; u: logical shift
FB_OP2I(cv_addn, "cv.addn")
FB_OP2I(cv_addun, "cv.addun")
FB_OP2I(cv_addrn, "cv.addrn")
FB_OP2I(cv_addurn, "cv.addurn")
FB_OP2I(cv_subn, "cv.subn")
FB_OP2I(cv_subun, "cv.subun")
FB_OP2I(cv_subrn, "cv.subrn")
FB_OP2I(cv_suburn, "cv.suburn")
// (d ± a) >> b
FB_ACC2(cv_addnr, "cv.addnr")
FB_ACC2(cv_addunr, "cv.addunr")
FB_ACC2(cv_addrnr, "cv.addrnr")
FB_ACC2(cv_addurnr, "cv.addurnr")
FB_ACC2(cv_subnr, "cv.subnr")
FB_ACC2(cv_subunr, "cv.subunr")
FB_ACC2(cv_subrnr, "cv.subrnr")
FB_ACC2(cv_suburnr, "cv.suburnr")

// XCVbitmanip: imm1 = field length - 1, imm2 = position
FB_OP1II(cv_extract, "cv.extract")
FB_OP1II(cv_extractu, "cv.extractu")
FB_ACC1II(cv_insert, "cv.insert")
FB_OP1II(cv_bclr, "cv.bclr")
FB_OP1II(cv_bset, "cv.bset")
// b = length - 1 in bits 9:5, position in 4:0
FB_OP2(cv_extractr, "cv.extractr")
FB_OP2(cv_extractur, "cv.extractur")
FB_ACC2(cv_insertr, "cv.insertr")
FB_OP2(cv_bclrr, "cv.bclrr")
FB_OP2(cv_bsetr, "cv.bsetr")
FB_OP2(cv_ror, "cv.ror")
FB_OP1(cv_ff1, "cv.ff1")
FB_OP1(cv_fl1, "cv.fl1")
FB_OP1(cv_clb, "cv.clb")
FB_OP1(cv_cnt, "cv.cnt")
// imm1 = log2 of the radix (0 … 2), imm2 = bits dropped at the top
FB_OP1II(cv_bitrev, "cv.bitrev")

// XCVmac: d ± a * b, and 16-bit products shifted by imm; hh: upper halves, r: rounded
FB_ACC2(cv_mac, "cv.mac")
FB_ACC2(cv_msu, "cv.msu")
FB_OP2I(cv_mulun, "cv.mulun")
FB_OP2I(cv_mulhhun, "cv.mulhhun")
FB_OP2I(cv_mulsn, "cv.mulsn")
FB_OP2I(cv_mulhhsn, "cv.mulhhsn")
FB_OP2I(cv_mulurn, "cv.mulurn")
FB_OP2I(cv_mulhhurn, "cv.mulhhurn")
FB_OP2I(cv_mulsrn, "cv.mulsrn")
FB_OP2I(cv_mulhhsrn, "cv.mulhhsrn")
FB_ACC2I(cv_macun, "cv.macun")
FB_ACC2I(cv_machhun, "cv.machhun")
FB_ACC2I(cv_macsn, "cv.macsn")
FB_ACC2I(cv_machhsn, "cv.machhsn")
FB_ACC2I(cv_macurn, "cv.macurn")
FB_ACC2I(cv_machhurn, "cv.machhurn")
FB_ACC2I(cv_macsrn, "cv.macsrn")
FB_ACC2I(cv_machhsrn, "cv.machhsrn")
