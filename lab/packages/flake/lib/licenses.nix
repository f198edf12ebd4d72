let
  names = {
    agpl3Plus = "AGPL-3.0-or-later";
    asl20 = "Apache-2.0";
    boost = "BSL-1.0";
    bsd0 = "0BSD";
    bsd2 = "BSD-2-Clause";
    bsd3 = "BSD-3-Clause";
    cc0 = "CC0-1.0";
    curl = "curl";
    free = "";
    gpl2 = "GPL-2.0";
    gpl2Only = "GPL-2.0-only";
    gpl2Plus = "GPL-2.0-or-later";
    gpl3 = "GPL-3.0";
    gpl3Only = "GPL-3.0-only";
    gpl3Plus = "GPL-3.0-or-later";
    isc = "ISC";
    lgpl2Plus = "LGPL-2.0-or-later";
    lgpl21Plus = "LGPL-2.1-or-later";
    lgpl3Plus = "LGPL-3.0-or-later";
    mit = "MIT";
    mit0 = "MIT-0";
    mpl20 = "MPL-2.0";
    psfl = "PSF-2.0";
    publicDomain = "";
    unfree = "";
    unlicense = "Unlicense";
    zlib = "Zlib";
  };
  fullNames = {
    free = "Unspecified free software license";
    publicDomain = "Public Domain";
    unfree = "Unfree";
  };
in
# As nixpkgs has it, what SPDX has no identifier for has none.
builtins.mapAttrs (
  shortName: spdxId:
  {
    inherit shortName;
    fullName = if spdxId == "" then fullNames.${shortName} or shortName else spdxId;
    free = shortName != "unfree";
  }
  // (if spdxId == "" then { } else { inherit spdxId; })
) names
