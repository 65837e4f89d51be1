/** What the server says, in both languages; `../said.ts` knows which sentence is which. */
export const said = {
  'kind.not_signed_in': { id: 'Silakan masuk dulu.', en: 'Sign in first.' },
  'kind.not_found': { id: 'Tidak ditemukan.', en: 'It was not found.' },
  'kind.changed': {
    id: 'Sementara itu orang lain mengubahnya. Tutup, lihat keadaan terbaru, lalu putuskan lagi; yang Anda tulis tetap ada.',
    en: 'Somebody else changed it meanwhile. Close this, look at how it stands now and decide again; what you typed is kept.',
  },
  'kind.too_many': { id: 'Terlalu sering. Tunggu sebentar.', en: 'Too often. Wait a moment.' },
  'kind.offline': {
    id: 'Server tidak menjawab; dicoba lagi.',
    en: 'The server does not answer; trying again.',
  },
  'kind.broken': {
    id: 'Server sedang bermasalah; dicoba lagi.',
    en: 'The server has a problem; trying again.',
  },
  'said.needs_role': {
    id: 'Ini memerlukan peran {role}; mintalah kepada admin.',
    en: 'This takes the role {role}; ask an admin.',
  },
  'said.too_long_by': {
    id: 'Pesan memakai {segments} SMS, paling banyak {most}: pendekkan sedikitnya {surplus} karakter.',
    en: 'The message takes {segments} SMS, {most} allowed: shorten it by {surplus} characters or more.',
  },
  'said.costly': {
    id: 'Pesan memakai {segments} SMS, paling banyak {most}: ganti {what}, tanpanya cukup {fewer}.',
    en: 'The message takes {segments} SMS, {most} allowed: replace {what}, without which it would take {fewer}.',
  },
  'said.too_long': {
    id: 'Pesan memakai {segments} SMS, paling banyak {most}: pendekkan.',
    en: 'The message takes {segments} SMS, {most} allowed: shorten it.',
  },
  'said.invisible': {
    id: 'Pesan memuat {what}, yang tidak tampil di ponsel: hapuslah.',
    en: 'The message holds {what}, which no phone shows: take it out.',
  },
  'said.looks_like': {
    id: 'Pesan memuat sesuatu yang mirip nomor pelanggan ({what}): hapuslah.',
    en: 'The message holds something shaped like {what}: take it out.',
  },
  'said.empty': { id: 'Pesannya kosong: tulis sesuatu.', en: 'The message is empty: say something.' },
  'said.lacks_emergency': { id: 'Kurang nomor darurat {what}.', en: 'It lacks the emergency number {what}.' },
  'said.lacks_page': { id: 'Kurang halaman resmi {what}.', en: 'It lacks the official page {what}.' },
  'said.lacks_code': { id: 'Kurang kode cek {what}.', en: 'It lacks the check code {what}.' },
  'said.no_area': {
    id: 'Kerumunan tidak berada di wilayah bernama: muat dulu data wilayah.',
    en: 'The gathering lies in no area with a name: load areas first.',
  },
  'said.no_page': {
    id: 'Halaman resmi belum diatur (official_page).',
    en: 'The official page is not set (official_page).',
  },
  'said.no_sender': {
    id: 'Nama pengirim belum diatur (sender_name).',
    en: 'The sender is not set (sender_name).',
  },
  'said.no_emergency': {
    id: 'Nomor darurat untuk {what} belum diatur: tambahkan ke emergency_numbers.csv.',
    en: 'No emergency number is set for {what}: add it to emergency_numbers.csv.',
  },
  'said.no_regency': {
    id: 'Kabupaten/kotanya tidak diketahui, jadi nomor daruratnya juga: muat data wilayah.',
    en: 'Its regency is not known, so no emergency number is either: load areas of regencies.',
  },
  'said.no_cells': {
    id: 'Tidak ada sel yang diketahui untuk diperingatkan.',
    en: 'No cell is known to warn.',
  },
  'said.cell_unknown': {
    id: 'Tidak ada rencana sel yang memuat sel {what}: periksa ID-nya.',
    en: 'No loaded cell plan has the cell {what}: check the id.',
  },
  'said.cell_not_listed': { id: 'Sel {what} tidak ada dalam daftar.', en: 'Cell {what} is not on the list.' },
  'said.no_cell_left': {
    id: 'Tidak ada sel yang tersisa: tolak saja peringatannya.',
    en: 'No cell is left to warn: reject the warning instead.',
  },
  'said.nothing_changes': { id: 'Tidak ada yang berubah.', en: 'Nothing changes.' },
  'said.approved_by_you': {
    id: 'Anda sudah menyetujuinya; perlu orang lain.',
    en: 'You have approved it already; it takes another person.',
  },
  'said.approved_by': {
    id: '{who} sudah menyetujui; perlu orang lain.',
    en: '{who} has approved it already; it takes another person.',
  },
  'said.same_account': {
    id: 'Sudah disetujui dari akun {who}: peringatan langsung perlu orang lain dengan akunnya sendiri.',
    en: 'It was approved from the account {who} before: a live warning takes another person with an account of their own.',
  },
  'said.has_expired': {
    id: 'Masa berlakunya habis: angkanya terlalu lama untuk memperingatkan.',
    en: 'It has expired: its figures are too old to warn by.',
  },
  'said.nowhere': {
    id: 'Tidak ada tujuan: atur dulu kanal di [warnings.operators].',
    en: 'It has nowhere to go: set a channel under [warnings.operators].',
  },
  'said.only_draft': {
    id: 'Statusnya {state}: hanya draf yang bisa begitu.',
    en: 'It is {state}: this takes a draft.',
  },
  'said.went_out': {
    id: 'Sudah terkirim: tidak ada lagi yang bisa dibatalkan.',
    en: 'It has gone out: nothing is left to stop.',
  },
  'said.nothing_to_cancel': {
    id: 'Statusnya {state}: tidak ada yang perlu dibatalkan.',
    en: 'It is {state}: there is nothing to cancel.',
  },
  'said.not_out': { id: 'Belum ada yang terkirim.', en: 'Nothing of it went out.' },
  'said.taken_back': { id: '{what} sudah mencabutnya.', en: '{what} takes it back already.' },
  'said.reach_unknown': {
    id: 'Jangkauan sel berikut belum diketahui, karena terlalu sedikit ponsel di sana pada jam itu: {what}.',
    en: 'It is not known how far these cells reach, as too few phones were counted there in that hour: {what}.',
  },
  'said.wrong_password': { id: 'Kata sandi sekarang salah.', en: 'The current password is wrong.' },
  'said.guessable': {
    id: 'Kata sandi itu termasuk yang pertama ditebak orang: pilih yang lain.',
    en: 'That password is among the first that others would try: choose another.',
  },
  'said.no_login': {
    id: 'Nama akun hanya boleh memuat a-z, 0-9 dan . _ @ + -, diawali huruf atau angka.',
    en: 'A login holds only a-z, 0-9 and . _ @ + -, and begins with a letter or digit.',
  },
  'said.no_token_name': {
    id: 'Nama token hanya boleh memuat a-z, 0-9 dan . _ -.',
    en: 'The name of a token holds only a-z, 0-9 and . _ -.',
  },
  'said.no_name': {
    id: 'Nama itu tidak bisa dipakai: tulis nama yang bisa dibaca.',
    en: 'Nobody can sign with that name: write one that can be read.',
  },
  'said.account_there': {
    id: 'Akun {what} sudah ada: pilih nama lain.',
    en: 'There is an account {what} already: choose another login.',
  },
  'said.token_there': {
    id: 'Token {what} sudah ada: pilih nama lain.',
    en: 'There is a token {what} already: choose another name.',
  },
  'said.last_admin': {
    id: 'Ini admin terakhir yang bisa masuk: buat dulu admin lain.',
    en: 'This is the last admin who can sign in: make another one first.',
  },
  'said.report_busy': {
    id: 'Laporan lain sedang disiapkan. Coba lagi sebentar lagi.',
    en: 'Another report is being made. Try again in a minute.',
  },
  'said.no_such_area': {
    id: 'Tidak ada wilayah dengan kode {what}.',
    en: 'There is no area with the code {what}.',
  },
  'said.account_new': { id: '{login} ({name}) mendapat akun', en: '{login} ({name}) gets an account' },
  'said.role_changed': { id: '{login}: dari {before} menjadi {role}', en: '{login} was {before}, is {role}' },
  'said.shut_out': { id: '{login} tidak bisa masuk lagi', en: '{login} is shut out' },
  'said.let_in': { id: '{login} bisa masuk lagi', en: '{login} is let in again' },
  'said.oidc_on': {
    id: '{login} boleh masuk lewat penyedia',
    en: '{login} may sign in through the provider',
  },
  'said.oidc_off': {
    id: '{login} tidak boleh masuk lewat penyedia lagi',
    en: '{login} may not sign in through the provider any more',
  },
  'said.token_made': {
    id: 'token {name} boleh membaca {scopes} selama {days} hari',
    en: 'token {name} may read {scopes} for {days} days',
  },
  'said.token_gone': { id: 'token {name} tidak berlaku lagi', en: 'token {name} does not hold any more' },
  'said.mend_and_retry': {
    id: 'Perbaiki penyebabnya, lalu kirim lagi.',
    en: 'Mend what it says, then send it again.',
  },
  'said.settle': {
    id: 'Cari tahu apakah pesan ini terkirim, lalu pastikan di sini.',
    en: 'Find out whether it went out, then settle it here.',
  },
  'said.raise_cap': {
    id: 'Naikkan batas harian {what} (daily_cap), atau biarkan kedaluwarsa.',
    en: 'Raise the daily cap of {what} (daily_cap), or let it expire.',
  },
  'said.gathering_is': { id: 'Kerumunannya berlevel {level}.', en: 'Its gathering is {level}.' },
  'said.over': {
    id: 'Tidak perlu apa-apa: masa berlaku peringatannya sudah habis.',
    en: 'Nothing: the time of its warning is over.',
  },
} as const
