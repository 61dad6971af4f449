; The installer for Windows: for the user alone, no administrator needed.
;
;   makensis -DVERSION=0.1.0 -DPAYLOAD=dist\avdesk -DOUTPUT=dist\AVDesk-0.1.0-setup.exe packaging\windows\avdesk.nsi
;
; PAYLOAD is the folder that PyInstaller made. An AVDesk that runs is asked to quit before its files are replaced. The
; user's configuration and state are not touched, neither by an upgrade nor by the removal.

Unicode true
SetCompressor /SOLID lzma
RequestExecutionLevel user
ManifestDPIAware true

!include "MUI2.nsh"
!include "LogicLib.nsh"
!include "FileFunc.nsh"

!define APP "AVDesk"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${APP}"
!define LINKS "Software\Classes\avdesk"

Name "${APP}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${APP}"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
BrandingText "${APP} ${VERSION}"

VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${APP}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "${APP} setup"
VIAddVersionKey "CompanyName" "The AVDesk authors"
VIAddVersionKey "LegalCopyright" "MIT licence"

!define MUI_ICON "avdesk.ico"
!define MUI_UNICON "avdesk.ico"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\avdeskw.exe"
!define MUI_COMPONENTSPAGE_NODESC

!insertmacro MUI_PAGE_LICENSE "..\..\LICENSE"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; Ask the AVDesk that runs from here to quit, wait until its program file can be written, and give up in words.
!macro QuitRunning un
Function ${un}QuitRunning
  ${If} ${FileExists} "$INSTDIR\avdesk.exe"
    ; Without /F: its windows are asked to close, and it saves what there is to save.
    nsExec::Exec 'taskkill /IM avdeskw.exe'
    Pop $0
    StrCpy $1 0
    ${Do}
      ClearErrors
      FileOpen $2 "$INSTDIR\avdeskw.exe" a
      ${IfNot} ${Errors}
        FileClose $2
        ${ExitDo}
      ${EndIf}
      IntOp $1 $1 + 1
      ${If} $1 = 10
        nsExec::Exec 'taskkill /F /IM avdeskw.exe'
        Pop $0
      ${EndIf}
      ${If} $1 > 30
        MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "${APP} is still running. Quit it by its icon in the tray, then try again." /SD IDCANCEL IDRETRY again
        Abort
        again:
        StrCpy $1 0
      ${EndIf}
      Sleep 500
    ${LoopUntil} 1 = 0
  ${EndIf}
FunctionEnd
!macroend
!insertmacro QuitRunning ""
!insertmacro QuitRunning "un."

Section "${APP}" Main
  SectionIn RO
  Call QuitRunning
  ; What an older version had and this one has not must not be found any more.
  RMDir /r "$INSTDIR\_internal"
  SetOutPath "$INSTDIR"
  File /r "${PAYLOAD}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"

  CreateShortcut "$SMPROGRAMS\${APP}.lnk" "$INSTDIR\avdeskw.exe" "" "$INSTDIR\avdeskw.exe" 0

  WriteRegStr HKCU "${LINKS}" "" "URL:${APP}"
  WriteRegStr HKCU "${LINKS}" "URL Protocol" ""
  WriteRegStr HKCU "${LINKS}\DefaultIcon" "" '"$INSTDIR\avdeskw.exe",0'
  WriteRegStr HKCU "${LINKS}\shell\open\command" "" '"$INSTDIR\avdeskw.exe" open "%1"'

  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${APP}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\avdeskw.exe"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The AVDesk authors"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $0
SectionEnd

; The same value that the switch in AVDesk's settings writes and reads.
Section /o "Start at login" Autostart
  WriteRegStr HKCU "${RUN}" "${APP}" '"$INSTDIR\avdeskw.exe" --background'
SectionEnd

Section "Uninstall"
  Call un.QuitRunning
  Delete "$SMPROGRAMS\${APP}.lnk"
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\avdesk.exe"
  Delete "$INSTDIR\avdeskw.exe"
  Delete "$INSTDIR\avmonitor.exe"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegValue HKCU "${RUN}" "${APP}"
  DeleteRegKey HKCU "${LINKS}"
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd
